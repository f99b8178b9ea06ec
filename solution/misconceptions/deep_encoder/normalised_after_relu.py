"""You normalised after the ReLU; in the lecture's network the order is convolution, batch
normalisation, ReLU.

Hint: Can the numbers that your linear layer gets be negative? After a ReLU they could not.
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
                nn.Conv2d(before, after, kernel_size=2, stride=2),
                nn.ReLU(),
                nn.BatchNorm2d(after),
            ]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1], latent))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
