"""Layers named one by one, activations as functions."""

import torch
from torch import nn


class Shallow(nn.Module):
    def __init__(self, hidden: int, pixels: int = 784) -> None:
        super().__init__()
        self.decoder = Half(hidden, pixels, torch.tanh)
        self.encoder = Half(pixels, hidden, torch.relu)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = self.encoder(x)
        return self.decoder(z)


class Half(nn.Module):
    def __init__(self, before: int, after: int, activation) -> None:
        super().__init__()
        self.fc = nn.Linear(before, after)
        self.activation = activation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.activation(self.fc(x))
