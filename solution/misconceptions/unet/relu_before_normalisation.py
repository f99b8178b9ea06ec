"""You put the ReLU before the batch normalisation.

Hint: In which order does the docstring of DoubleConv name the three?
"""

import torch
from torch import nn


class DoubleConv(nn.Module):
    def __init__(self, before: int, middle: int, after: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(before, middle, 3, padding=1, bias=False),
            nn.ReLU(),
            nn.BatchNorm2d(middle),
            nn.Conv2d(middle, after, 3, padding=1, bias=False),
            nn.ReLU(),
            nn.BatchNorm2d(after),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
