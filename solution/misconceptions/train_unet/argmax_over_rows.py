"""You looked for the largest score along the rows of the image, not along the classes.

Hint: Which dimension of the scores has as many places as there are classes?
"""

import torch
from torch import nn


def segment(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        scores = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return scores.argmax(dim=2)
