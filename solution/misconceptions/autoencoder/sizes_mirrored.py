"""You turned q1 and q2 round for the decoder, because it runs backwards; its arguments have the
same meaning as the encoder's, and it turns them round itself.

Hint: Read what the docstring of Decoder says about q1 and q2.
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder(q1, q2, k)
        self.decoder = Decoder(q2, q1, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
