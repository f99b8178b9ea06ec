"""You filled the upper half of the grid alone and left the rest black; image [b, a] is the same as
[a, b], but it has to be there.

Hint: What is in row 5, column 2 of your result?
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
    return images.unflatten(0, (10, 10)) * torch.ones(10, 10).triu()[:, :, None, None, None]
