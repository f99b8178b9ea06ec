"""You cut the code off from the graph, so no gradient reaches the encoder.

Hint: What does .detach() keep from being computed?
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
            nn.Conv2d(c2, c3, kernel_size=7),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(c3, c2, kernel_size=7),
            nn.ReLU(),
            nn.ConvTranspose2d(c2, c1, **halving, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(c1, 1, **halving, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x).detach())
