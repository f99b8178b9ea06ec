"""You returned the hundred images in one row; asked for is a grid of 10 by 10.

Hint: Compare the shape of your result with the docstring.
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = (means[:, None] + means[None, :]) / 2
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))
    decoder.train(was_training)
    return images
