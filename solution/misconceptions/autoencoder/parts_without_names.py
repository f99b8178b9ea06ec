"""You put both parts into one Sequential, where the names encoder and decoder do not exist; other
modules ask for them.

Hint: What does model.encoder give? Latent codes are computed with it later.
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.layers = nn.Sequential(Encoder(q1, q2, k), Decoder(q1, q2, k))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
