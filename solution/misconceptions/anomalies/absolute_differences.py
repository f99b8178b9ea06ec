"""You averaged absolute differences; asked for are squares.

Hint: Compare with nn.functional.mse_loss for one image.
"""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return ((outputs.to(images.device) - images).abs()).flatten(1).mean(dim=1)
