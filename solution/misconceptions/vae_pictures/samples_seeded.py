"""You seeded the generator inside the function, so each call gives the same images.

Hint: Call it twice. Whose business is the seed?
"""

import torch
from torch import nn


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    torch.manual_seed(0)
    codes = torch.randn(count, latent, device=next(decoder.parameters()).device)
    return decode_all(decoder, codes)
