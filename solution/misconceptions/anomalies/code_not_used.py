"""You made no use of the image: one picture comes out for all of them, and errors only tell how far
an image is from that.

Hint: Give your network two digits. How much do the outputs differ?
"""

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 8)
        )
        self.decoder = nn.Sequential(
            nn.Linear(8, 128), nn.ReLU(), nn.Linear(128, 784), nn.Unflatten(1, (1, 28, 28))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(0 * self.encoder(x))
