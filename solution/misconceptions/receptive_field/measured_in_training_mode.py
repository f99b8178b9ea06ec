"""You left the network in the mode in which it came; with dropout, pixels are missing by chance.

Hint: Measure twice in training mode: do you find the same pixels?
"""

import torch
from torch import nn


def influence(network: nn.Module, images: torch.Tensor, row: int, column: int) -> torch.Tensor:
    was_training = network.training
    images = images.detach().clone().requires_grad_(True)
    total = network(images)[:, :, row, column].sum()
    (gradient,) = torch.autograd.grad(total, images)
    network.train(was_training)
    return (gradient != 0).any(dim=0).any(dim=0)
