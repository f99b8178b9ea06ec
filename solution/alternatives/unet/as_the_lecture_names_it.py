"""Parts are named as in the lecture, convolutions have biases, skips come second."""

from collections.abc import Sequence

import torch
from torch import nn


class Twice(nn.Sequential):
    def __init__(self, before: int, middle: int, after: int) -> None:
        layers: list[nn.Module] = []
        for a, b in ((before, middle), (middle, after)):
            layers += [nn.Conv2d(a, b, 3, 1, 1), nn.BatchNorm2d(b, eps=1e-3), nn.ReLU(True)]
        super().__init__(*layers)


class Higher(nn.Module):
    def __init__(self, width: int, below: int, after: int, bilinear: bool) -> None:
        super().__init__()
        self.conv = Twice(2 * width, width if bilinear else after, after)
        self.up = None if bilinear else nn.ConvTranspose2d(below, width, 2, 2)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        if self.up is None:
            x = nn.functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=True)
        else:
            x = self.up(x)
        whole = skip.new_zeros(skip.shape[0], x.shape[1], *skip.shape[2:])
        whole[:, :, : x.shape[2], : x.shape[3]] = x  # at most one row and one column are missing
        return self.conv(torch.cat((whole, skip), 1))


class UNet(nn.Module):
    def __init__(
        self,
        channels: int,
        classes: int,
        widths: Sequence[int] = WIDTHS,
        bilinear: bool = False,
    ) -> None:
        super().__init__()
        self.depth = len(widths) - 1
        self.outc = nn.Conv2d(widths[0], classes, kernel_size=1)
        self.inc = Twice(channels, widths[0], widths[0])
        for level in range(1, len(widths)):
            width = widths[level] // (2 if bilinear and level == self.depth else 1)
            setattr(self, f"down{level}", Twice(widths[level - 1], width, width))
            below = widths[level] // (2 if bilinear else 1)
            after = widths[level - 1] // (2 if bilinear and level > 1 else 1)
            setattr(self, f"up{level}", Higher(widths[level - 1], below, after, bilinear))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = [self.inc(x)]
        for level in range(1, self.depth + 1):
            pooled = nn.functional.max_pool2d(skips[-1], 2)
            skips.append(getattr(self, f"down{level}")(pooled))
        x = skips.pop()
        for level in range(self.depth, 0, -1):
            x = getattr(self, f"up{level}")(x, skips.pop())
        return self.outc(x)
