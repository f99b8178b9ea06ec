"""You gave the network a way past the code: it can hand every image on as it is, also one of a kind
that it has never seen.

Hint: What would a network that returns its input have for errors?
"""

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 0.1 * self.layers(x)
