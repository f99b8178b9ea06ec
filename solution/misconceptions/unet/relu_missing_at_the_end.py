"""You left out the second ReLU of the double convolution.

Hint: How many layers has a double convolution, and how many has yours?
"""

import torch
from torch import nn


class DoubleConv(nn.Module):
    def __init__(self, before: int, middle: int, after: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(before, middle, 3, padding=1, bias=False),
            nn.BatchNorm2d(middle),
            nn.ReLU(),
            nn.Conv2d(middle, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
