"""You return the code along with the reconstruction; a loss can only compare the reconstruction
with the input.

Hint: What does the docstring of forward promise to return? Whoever wants codes can call
model.encoder.
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder(q1, q2, k)
        self.decoder = Decoder(q1, q2, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        code = self.encoder(x)
        return self.decoder(code), code
