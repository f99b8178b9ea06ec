"""You always halve the sides, whatever the factor is.

Hint: Which of the arguments of shrink do you never use?
"""

import torch
from torch import nn


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    return nn.functional.avg_pool2d(images, 2)
