"""You put a softmax behind the last convolution; scores are asked for, and the loss takes the
softmax itself.

Hint: What does cross_entropy expect: scores, or probabilities?
"""

from collections.abc import Sequence

import torch
from torch import nn


class UNet(nn.Module):
    def __init__(
        self,
        channels: int,
        classes: int,
        widths: Sequence[int] = WIDTHS,
        bilinear: bool = False,
    ) -> None:
        super().__init__()
        factor = 2 if bilinear else 1
        levels = [*widths[:-1], widths[-1] // factor]
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList(
            DoubleConv(before, after, after)
            for before, after in zip([channels, *levels], levels, strict=False)
        )
        self.up = nn.ModuleList()
        below = levels[-1]
        for level in range(len(widths) - 2, -1, -1):
            width = widths[level]
            after = width // factor if level > 0 else width
            self.up.append(Up(below, 2 * width, after, bilinear))
            below = after
        self.out = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps: list[torch.Tensor] = []
        for number, level in enumerate(self.down):
            x = level(x if number == 0 else self.pool(x))
            maps.append(x)
        for number, level in enumerate(self.up):
            x = level(x, maps[-2 - number])
        return self.out(x).softmax(dim=1)
