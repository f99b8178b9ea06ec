"""You wrote 32 and 10 into the layers where q1, q2 and k belong, so the encoder has these sizes
whatever is asked for.

Hint: Make Encoder(6, 9, 5) and look at the shapes of its parameters.
"""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=5, stride=2, padding=2)
        self.conv2 = nn.Conv2d(32, 32, kernel_size=5, stride=2, padding=2)
        self.fc = nn.Linear(32 * 7 * 7, 10)
        self.activation = nn.ELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.activation(self.conv1(x))
        x = self.conv2(x).flatten(start_dim=1)
        return self.fc(self.activation(x))
