"""You changed the means themselves while halving them; the caller still needs them.

Hint: Which of your operators writes into its left side instead of making something new?
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    means /= 2
    midpoints = means[:, None] + means[None, :]
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))
    decoder.train(was_training)
    return images.unflatten(0, (10, 10))
