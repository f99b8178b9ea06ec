"""You took gradients above 0 only; a pixel that makes the output smaller has an influence as well.

Hint: Which sign has the gradient where a weight is negative?
"""

import torch
from torch import nn


def influence(network: nn.Module, images: torch.Tensor, row: int, column: int) -> torch.Tensor:
    was_training = network.training
    network.eval()
    images = images.detach().clone().requires_grad_(True)
    total = network(images)[:, :, row, column].sum()
    (gradient,) = torch.autograd.grad(total, images)
    network.train(was_training)
    return (gradient > 0).any(dim=0).any(dim=0)
