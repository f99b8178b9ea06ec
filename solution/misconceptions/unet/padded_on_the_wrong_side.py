"""You added the missing row above and the missing column on the left.

Hint: Pooling leaves out the last row of an odd number. Where is one missing afterwards?
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
        rows, columns = (a - b for a, b in zip(skip.shape[2:], x.shape[2:], strict=True))
        above, left = rows // 2, columns // 2
        x = nn.functional.pad(x, (columns - left, left, rows - above, above))
        return self.merge(torch.cat([skip, x], dim=1))
