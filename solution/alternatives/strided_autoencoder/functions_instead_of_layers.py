"""Both halves are classes of their own, which call functions, and the Sigmoid is written out."""

from collections.abc import Sequence

import torch
from torch import nn


class Down(nn.Module):
    def __init__(self, c1: int, c2: int, c3: int) -> None:
        super().__init__()
        self.kernels = nn.ParameterList(
            [
                nn.Parameter(0.2 * torch.randn(c1, 1, 3, 3)),
                nn.Parameter(0.1 * torch.randn(c2, c1, 3, 3)),
                nn.Parameter(0.03 * torch.randn(c3, c2, 7, 7)),
            ]
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for kernel in self.kernels[:2]:
            x = nn.functional.conv2d(x, kernel, stride=2, padding=1).clamp(min=0)
        return nn.functional.conv2d(x, self.kernels[2])


class Up(nn.Module):
    def __init__(self, c1: int, c2: int, c3: int) -> None:
        super().__init__()
        self.first = nn.ConvTranspose2d(c3, c2, 7, bias=False)
        self.second = nn.ConvTranspose2d(c2, c1, (3, 3), 2, 1, 1)
        self.third = nn.ConvTranspose2d(c1, 1, (3, 3), 2, 1, 1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.third(self.second(self.first(z).relu()).relu())
        return 1 / (1 + torch.exp(-x))


class StridedAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        self.encoder = Down(*channels)
        self.decoder = Up(*channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
