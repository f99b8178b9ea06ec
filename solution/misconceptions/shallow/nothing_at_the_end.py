"""You let the second linear layer be the last; asked for is lecture 002's network, which ends in
Tanh.

Hint: Compare your decoder with the table, row by row.
"""

import torch
from torch import nn


class Shallow(nn.Module):
    def __init__(self, hidden: int, pixels: int = 784) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(hidden, pixels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
