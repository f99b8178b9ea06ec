"""You repeated the codes in the same order for both digits of a pair, so each is mixed with itself
and all rows are alike.

Hint: List the pairs that you mix: are there a hundred different ones?
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = (means.repeat(10, 1) + means.repeat(10, 1)) / 2
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints)
    decoder.train(was_training)
    return images.unflatten(0, (10, 10))
