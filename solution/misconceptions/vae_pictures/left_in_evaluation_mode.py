"""You leave the decoder in evaluation mode.

Hint: In which mode was the decoder when it came, and where do you keep that?
"""

import torch
from torch import nn


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    codes = torch.randn(count, latent, device=next(decoder.parameters()).device)
    decoder.eval()
    with torch.no_grad():
        return decoder(codes)
