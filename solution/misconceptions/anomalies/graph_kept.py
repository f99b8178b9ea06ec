"""You keep the graph for gradients of every image; measuring needs none, and memory is full soon.

Hint: Which context leaves the graph out?
"""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    if True:
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return ((outputs.to(images.device) - images) ** 2).flatten(1).mean(dim=1)
