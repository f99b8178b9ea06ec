"""You doubled the size by repeating pixels and convolved afterwards; a transposed convolution does
both at once, with weights of another shape.

Hint: Which layer of torch.nn does the table name, and what is the shape of its weight?
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
                nn.Upsample(scale_factor=2),
                nn.Conv2d(before, after, kernel_size=3, padding=1),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        layers[-1] = nn.Sigmoid()
        self.layers = nn.Sequential(*layers)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)
