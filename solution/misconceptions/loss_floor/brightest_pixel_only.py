"""You computed the error of the brightest pixel; most pixels are in reach.

Hint: How many of the 784 pixels of a digit are white?
"""

import torch


def loss_floor(x: torch.Tensor) -> float:
    return max(0.0, x.max().item() - 1) ** 2
