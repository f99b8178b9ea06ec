"""You applied the decoder to the image and the encoder to its output; images go into the encoder.

Hint: What is the shape of what each part takes, and of what it gives?
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder(q1, q2, k)
        self.decoder = Decoder(q1, q2, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.encoder(self.decoder(x))
