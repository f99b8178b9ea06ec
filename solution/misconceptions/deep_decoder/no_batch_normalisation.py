"""You left out the batch normalisation of the decoder; it mirrors the encoder, normalisation
included.

Hint: Each step of the table has three lines. How many has your loop?
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn


class DeepDecoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        backwards = (*reversed(widths), channels)
        layers: list[nn.Module] = [
            nn.Linear(latent, widths[-1]),
            nn.Unflatten(1, (widths[-1], 1, 1)),
        ]
        for before, after in pairwise(backwards):
            layers += [nn.ConvTranspose2d(before, after, kernel_size=2, stride=2), nn.ReLU()]
        layers[-1] = nn.Sigmoid()
        self.layers = nn.Sequential(*layers)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)
