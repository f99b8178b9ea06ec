"""You detached the codes from the graph of gradients, so no gradient reaches the encoder and it
never learns.

Hint: Compute codes.sum().backward() and look at the .grad of the encoder's parameters. What in
forward stands in its way?
"""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, q1, kernel_size=5, stride=2, padding=2)
        self.conv2 = nn.Conv2d(q1, q2, kernel_size=5, stride=2, padding=2)
        self.fc = nn.Linear(q2 * 7 * 7, k)
        self.activation = nn.ELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.activation(self.conv1(x))
        x = self.conv2(x).flatten(start_dim=1)
        return self.fc(self.activation(x)).detach()
