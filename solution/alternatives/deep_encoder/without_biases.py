"""Convolutions have no bias in front of batch normalisation, and the steps are modules of their
own.
"""

from collections.abc import Sequence

import torch
from torch import nn


class Halving(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(before, after, 2, 2, bias=False)
        self.normalisation = nn.BatchNorm2d(after, eps=1e-3, momentum=0.2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.relu(self.normalisation(self.convolution(x)), inplace=True)


class DeepEncoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.steps = nn.ModuleList()
        for width in widths:
            self.steps.append(Halving(channels, width))
            channels = width
        self.to_code = nn.Linear(channels, latent)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for step in self.steps:
            x = step(x)
        return self.to_code(x[:, :, 0, 0])
