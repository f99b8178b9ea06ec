"""You moved the block by one pixel at a time; blocks that become a pixel each stand side by side.

Hint: How many blocks of 2 x 2 does an image of 8 x 8 pixels have?
"""

import torch
from torch import nn


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    return nn.functional.avg_pool2d(images, factor, stride=1)
