"""You cut the code off from the graph, so the encoder in front of this decoder learns nothing.

Hint: What does .detach() keep from being computed?
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
            layers += [
                nn.ConvTranspose2d(before, after, kernel_size=2, stride=2),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        layers[-1] = nn.Sigmoid()
        self.layers = nn.Sequential(*layers)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z.detach())
