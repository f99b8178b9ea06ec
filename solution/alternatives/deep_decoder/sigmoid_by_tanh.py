"""The Sigmoid is written as a tanh of half its argument."""

from collections.abc import Sequence

import torch
from torch import nn


class DeepDecoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.top = widths[-1]
        self.linear = nn.Linear(latent, self.top)
        layers: list[nn.Module] = []
        before = self.top
        for after in (*widths[-2::-1], channels):
            layers.extend((nn.ConvTranspose2d(before, after, 2, stride=2), nn.BatchNorm2d(after)))
            layers.append(nn.ReLU())
            before = after
        self.steps = nn.Sequential(*layers[:-1])

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.steps(self.linear(z).reshape(-1, self.top, 1, 1))
        return (torch.tanh(x / 2) + 1) / 2
