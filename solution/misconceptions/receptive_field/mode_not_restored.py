"""You leave the network in evaluation mode.

Hint: In which mode was it when it came?
"""

import torch
from torch import nn


def influence(network: nn.Module, images: torch.Tensor, row: int, column: int) -> torch.Tensor:
    network.eval()
    images = images.detach().clone().requires_grad_(True)
    total = network(images)[:, :, row, column].sum()
    (gradient,) = torch.autograd.grad(total, images)
    return (gradient != 0).any(dim=0).any(dim=0)
