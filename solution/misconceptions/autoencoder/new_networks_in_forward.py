"""You make new networks in each call of forward, with new random weights: those that an optimizer
trains are never used.

Hint: Reconstruct the same image twice and compare.
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.sizes = (q1, q2, k)
        self.encoder = Encoder(q1, q2, k)
        self.decoder = Decoder(q1, q2, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        encoder, decoder = Encoder(*self.sizes), Decoder(*self.sizes)
        return decoder(encoder(x))
