"""You added the two codes and did not halve the sum, so the decoder gets codes twice as far out as
any it knows.

Hint: What code do you decode on the diagonal, and what should it be?
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = means[:, None] + means[None, :]
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))
    decoder.train(was_training)
    return images.unflatten(0, (10, 10))
