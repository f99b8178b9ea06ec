"""You detached the code between the two parts, so no gradient passes from the decoder to the
encoder.

Hint: Which parameters have a gradient after loss.backward(), and which have none?
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder(q1, q2, k)
        self.decoder = Decoder(q1, q2, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x).detach())
