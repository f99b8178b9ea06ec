"""You padded the 7 x 7 kernel, so it keeps the map at 7 x 7 and the code has 49 places instead of
one.

Hint: What is (7 + 2p - 7) / 1 + 1 for your p, and for which p is it 1?
"""

from collections.abc import Sequence

import torch
from torch import nn


class StridedAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        c1, c2, c3 = channels
        halving = {"kernel_size": 3, "stride": 2, "padding": 1}
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c1, **halving),
            nn.ReLU(),
            nn.Conv2d(c1, c2, **halving),
            nn.ReLU(),
            nn.Conv2d(c2, c3, kernel_size=7, padding=3),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(c3, c2, kernel_size=7, padding=3),
            nn.ReLU(),
            nn.ConvTranspose2d(c2, c1, **halving, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(c1, 1, **halving, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
