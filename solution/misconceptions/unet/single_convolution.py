"""You convolve once at each level; a double convolution has two.

Hint: Count the 3 x 3 weights of one level.
"""

import torch
from torch import nn


class DoubleConv(nn.Module):
    def __init__(self, before: int, middle: int, after: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
