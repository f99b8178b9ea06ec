"""You made a map of 2 x 2 pixels from the code and left out one step; the lecture's decoder starts
at 1 x 1.

Hint: How many transposed convolutions has your decoder, and how many convolutions the encoder?
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn


class DeepDecoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        backwards = (widths[-1], *reversed(widths[:-2]), channels)
        layers: list[nn.Module] = [
            nn.Linear(latent, 4 * widths[-1]),
            nn.Unflatten(1, (widths[-1], 2, 2)),
        ]
        for before, after in pairwise(backwards):
            layers += [
                nn.ConvTranspose2d(before, after, kernel_size=2, stride=2),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        layers[-1] = nn.Sigmoid()
        self.layers = nn.Sequential(*layers)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)
