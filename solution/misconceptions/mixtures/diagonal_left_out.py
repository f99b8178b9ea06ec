"""You left the diagonal black; the mixture of a digit with itself is its decoded mean code.

Hint: What is the midpoint of a code and itself?
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
    return images.unflatten(0, (10, 10)) * (1 - torch.eye(10))[:, :, None, None, None]
