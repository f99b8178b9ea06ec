"""You did not pass q1, q2 and k on, so both parts have their default sizes whatever is asked for.

Hint: How many numbers does a code of AutoEncoder(6, 9, 5) have?
"""

import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
