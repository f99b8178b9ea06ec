"""You run both parts under torch.no_grad(), so the auto-encoder can compute but not learn.

Hint: Which part of a program decides that no gradients are needed: the network, or the one who
validates?
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder(q1, q2, k)
        self.decoder = Decoder(q1, q2, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return self.decoder(self.encoder(x))
