"""Dropout in front of ReLU in the decoder, as in the lecture, after the code as well, and no
biases in front of batch normalisation.
"""

from collections.abc import Sequence

import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        encoder: list[nn.Module] = []
        for i in range(1, len(sizes)):
            encoder.append(nn.Linear(sizes[i - 1], sizes[i], bias=False))
            encoder += [nn.BatchNorm1d(sizes[i]), nn.ReLU(), nn.Dropout(dropout)]
        decoder: list[nn.Module] = []
        for i in range(len(sizes) - 1, 1, -1):
            decoder.append(nn.Linear(sizes[i], sizes[i - 1], bias=False))
            decoder += [nn.BatchNorm1d(sizes[i - 1]), nn.Dropout(dropout), nn.ReLU(inplace=True)]
        decoder.append(nn.Linear(sizes[1], sizes[0]))
        self.encoder = nn.Sequential(*encoder)
        self.decoder = nn.Sequential(*decoder)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))
