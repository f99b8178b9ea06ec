"""You cut the code off from the graph, so no gradient reaches the encoder.

Hint: What does .detach() keep from being computed?
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        down = [self._block(before, after, dropout) for before, after in pairwise(sizes)]
        up = [self._block(before, after, dropout) for before, after in pairwise(sizes[:0:-1])]
        down[-1] = down[-1][:-1]
        self.encoder = nn.Sequential(*down)
        self.decoder = nn.Sequential(*up, nn.Linear(sizes[1], sizes[0]))

    @staticmethod
    def _block(before: int, after: int, dropout: float) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(), nn.Dropout(dropout)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x).detach())
