"""You decoded with a graph for gradients, and the images drag it along.

Hint: Look at requires_grad of the images that you return.
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = (means[:, None] + means[None, :]) / 2
    was_training = decoder.training
    decoder.eval()
    images = decoder(midpoints.flatten(0, 1))
    decoder.train(was_training)
    return images.unflatten(0, (10, 10))
