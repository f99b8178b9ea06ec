"""The last step has no batch normalisation, and the others no bias."""

from collections.abc import Sequence

import torch
from torch import nn


class DeepDecoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.from_code = nn.Linear(latent, widths[-1])
        self.convolutions = nn.ModuleList()
        self.norms = nn.ModuleList()
        for number in range(len(widths) - 1, 0, -1):
            before, after = widths[number], widths[number - 1]
            self.convolutions.append(nn.ConvTranspose2d(before, after, 2, 2, bias=False))
            self.norms.append(nn.BatchNorm2d(after))
        self.last = nn.ConvTranspose2d(widths[0], channels, 2, 2)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.from_code(z)[:, :, None, None]
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = torch.relu(norm(convolution(x)))
        return torch.sigmoid(self.last(x))
