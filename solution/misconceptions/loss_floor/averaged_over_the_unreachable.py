"""You averaged over the numbers out of reach alone; those in reach count, too, with an error of
0.

Hint: Over how many numbers does the loss of a network average?
"""

import torch


def loss_floor(x: torch.Tensor) -> float:
    return ((x.abs() - 1)[x.abs() > 1] ** 2).mean().item()
