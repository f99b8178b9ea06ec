"""You make new layers in each call of forward, with new random weights each time, so nothing that
was learnt is kept.

Hint: Encode the same image twice and compare the codes. Where do layers with parameters belong?
"""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.q1, self.q2, self.k = q1, q2, k

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.Conv2d(1, self.q1, kernel_size=5, stride=2, padding=2)(x)
        x = nn.Conv2d(self.q1, self.q2, kernel_size=5, stride=2, padding=2)(nn.ELU()(x))
        x = nn.Flatten()(nn.ELU()(x))
        return nn.Linear(self.q2 * 7 * 7, self.k)(x)
