"""Layers find out their input channels by themselves, in the first call."""

from collections.abc import Sequence

import torch
from torch import nn


class DeepEncoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        steps = [
            nn.Sequential(nn.LazyConv2d(width, 2, stride=2), nn.LazyBatchNorm2d(), nn.ReLU())
            for width in widths
        ]
        self.net = nn.Sequential(*steps, nn.Flatten(), nn.LazyLinear(latent))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)
