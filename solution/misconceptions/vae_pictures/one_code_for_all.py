"""You drew one code and decoded it many times.

Hint: Look at several of your samples side by side.
"""

import torch
from torch import nn


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    codes = torch.randn(1, latent, device=next(decoder.parameters()).device).expand(count, -1)
    return decode_all(decoder, codes)
