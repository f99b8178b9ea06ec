"""You repeat pixels and then weigh each by itself; what lies between two pixels is never used.

Hint: Which pixels of the input does one pixel of your output depend on?
"""

import torch
from torch import nn


class SuperResolver(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(1, 16, 1), nn.ReLU(), nn.Conv2d(16, 1, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
