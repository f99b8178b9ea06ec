"""You turned the sign, so that what the network gives back best has the largest number.

Hint: Can an error be negative?
"""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return -((outputs.to(images.device) - images) ** 2).flatten(1).mean(dim=1)
