"""You did not put the network into evaluation mode: with dropout or batch normalisation the errors
then depend on chance, or on the other images.

Hint: model.train() and model.eval() decide what these layers do.
"""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return ((outputs.to(images.device) - images) ** 2).flatten(1).mean(dim=1)
