"""You summed the squared differences over the pixels; asked for is their mean.

Hint: By which factor does your error grow for an image twice as wide?
"""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return ((outputs.to(images.device) - images) ** 2).flatten(1).sum(dim=1)
