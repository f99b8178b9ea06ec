"""You ran the decoder in whatever mode it was in; in training mode dropout and batch normalisation
change the images.

Hint: Which call should come before the decoder is used, and what should follow it?
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = (means[:, None] + means[None, :]) / 2
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))
    return images.unflatten(0, (10, 10))
