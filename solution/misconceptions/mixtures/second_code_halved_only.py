"""You halved only one of the two codes: division binds more closely than addition.

Hint: What does a + b / 2 mean, and where would brackets help?
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = means[:, None] + means[None, :] / 2
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))
    decoder.train(was_training)
    return images.unflatten(0, (10, 10))
