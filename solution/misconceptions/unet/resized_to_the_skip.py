"""You stretched the maps to the size of the skip; zeros are added where rows or columns are
missing.

Hint: Where does the pixel [0, 0] of the maps from below lie after stretching 4 rows to 5?
"""

import torch
from torch import nn


class Up(nn.Module):
    def __init__(self, before: int, channels: int, after: int, bilinear: bool) -> None:
        super().__init__()
        if bilinear:
            self.enlarge: nn.Module = nn.Upsample(scale_factor=2, mode="bilinear")
        else:
            self.enlarge = nn.ConvTranspose2d(before, before // 2, 2, stride=2)
        self.merge = DoubleConv(channels, channels // 2 if bilinear else after, after)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        x = self.enlarge(x)
        if x.shape[2:] != skip.shape[2:]:
            x = nn.functional.interpolate(x, size=skip.shape[2:], mode="bilinear")
        return self.merge(torch.cat([skip, x], dim=1))
