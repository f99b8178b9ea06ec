"""You took the largest pixel of each block; asked for is the mean.

Hint: There are two kinds of pooling.
"""

import torch
from torch import nn


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    return nn.functional.max_pool2d(images, factor)
