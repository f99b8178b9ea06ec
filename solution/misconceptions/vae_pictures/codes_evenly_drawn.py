"""You drew codes evenly between 0 and 1; the prior is the standard normal distribution.

Hint: torch.rand and torch.randn differ by one letter.
"""

import torch
from torch import nn


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    codes = torch.rand(count, latent, device=next(decoder.parameters()).device)
    return decode_all(decoder, codes)
