"""You used one weight for both layers, transposed; asked for are two linear layers with a weight
each.

Hint: How many parameters do the checks ask for?
"""

import torch
from torch import nn


class Shallow(nn.Module):
    def __init__(self, hidden: int, pixels: int = 784) -> None:
        super().__init__()
        linear = nn.Linear(pixels, hidden)
        self.encoder = nn.Sequential(linear, nn.ReLU())
        self.decoder = TransposedLinear(linear)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class TransposedLinear(nn.Module):
    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.bias = nn.Parameter(torch.zeros(linear.in_features))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return torch.tanh(z @ self.linear.weight + self.bias)
