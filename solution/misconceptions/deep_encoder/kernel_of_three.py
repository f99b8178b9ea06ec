"""You used 3 x 3 kernels with padding 1: the sizes are right, but there are more than twice as many
weights.

Hint: Several kernels halve the size. Compare yours with the table, and the number of parameters
with 14.1 million.
"""

from collections.abc import Sequence

import torch
from torch import nn


class DeepEncoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((channels, *widths), widths, strict=False):
            layers += [
                nn.Conv2d(before, after, kernel_size=3, stride=2, padding=1),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1], latent))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
