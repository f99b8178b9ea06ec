"""You left the decoder in evaluation mode after decoding.

Hint: In which mode was the decoder when it came, and where do you keep that?
"""

import torch
from torch import nn


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    means = means.to(next(decoder.parameters()).device)
    midpoints = (means[:, None] + means[None, :]) / 2
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))
    return images.unflatten(0, (10, 10))
