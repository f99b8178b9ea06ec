"""You put a ReLU in front of a Sigmoid at the end, so no pixel is darker than one half.

Hint: What is the smallest value that your network can give?
"""

import torch
from torch import nn


class Denoiser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        halving = {"kernel_size": 3, "stride": 2, "padding": 1}
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, **halving), nn.ReLU(), nn.Conv2d(16, 32, **halving), nn.ReLU()
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, **halving, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, **halving, output_padding=1),
            nn.ReLU(),
            nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
