"""You took the root of the mean square, as lecture 002 writes it; the loss is the mean square
itself.

Hint: What does mse_loss compute?
"""

import torch
from torch import nn


def loss_floor(x: torch.Tensor) -> float:
    return nn.functional.mse_loss(nearest_reachable(x), x).sqrt().item()
