"""You wrote 10 into the head, so the argument `classes` does nothing.

Hint: Make a classifier for seven classes.
"""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder: nn.Module, k: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(k, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.encoder(x))
