"""You put a ReLU on the scores; a score below 0 is as good as any.

Hint: What happens to the gradient where your score is 0?
"""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder: nn.Module, k: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(k, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.head(self.encoder(x)))
