"""A code of 24 numbers, and pixels bounded by a Sigmoid."""

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 24))
        self.decoder = nn.Sequential(nn.Linear(24, 200), nn.Tanh(), nn.Linear(200, 784))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.decoder(self.encoder(x.flatten(1)))).reshape(x.shape)
