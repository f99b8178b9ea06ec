"""You left out the output padding, so 7 pixels become 13 and not 14, and 13 become 25.

Hint: Write down the size after each layer, there and back.
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
            nn.ConvTranspose2d(32, 16, **halving), nn.ReLU(), nn.ConvTranspose2d(16, 1, **halving)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
