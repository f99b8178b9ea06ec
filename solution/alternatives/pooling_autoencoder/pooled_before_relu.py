"""Pooling comes before the ReLU, which gives the same maxima, and unpooling is a scatter into
zeros.
"""

from collections.abc import Sequence

import torch
from torch import nn


class PoolingAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.down = nn.ModuleList(
            [
                nn.Conv2d(1, c1, 3, padding="same", bias=False),
                nn.Conv2d(c1, c2, 3, padding="same"),
                nn.Conv2d(c2, c3, 7),
            ]
        )
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(c3, c2, 7),
                nn.ConvTranspose2d(c2, c1, 3, padding=1),
                nn.ConvTranspose2d(c1, 1, 3, padding=1),
            ]
        )

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        indices = []
        for layer in self.down[:2]:
            x, where = nn.functional.max_pool2d(layer(x), 2, return_indices=True)
            x = x.relu()
            indices.append(where)
        return self.down[2](x), indices

    def decode(self, code: torch.Tensor, indices: Sequence[torch.Tensor]) -> torch.Tensor:
        x = code
        for layer, where in zip(self.up, reversed(indices), strict=False):
            x = layer(x).relu()
            batch, channels, side, _ = x.shape
            empty = x.new_zeros(batch, channels, 4 * side * side)
            x = empty.scatter(2, where.flatten(2), x.flatten(2))
            x = x.unflatten(2, (2 * side, 2 * side))
        return self.up[2](x).sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(*self.encode(x))
