"""You seed the generator in each call, so the noise is the same one each time; a network can learn
it by heart.

Hint: Call your function twice and compare.
"""

import torch


def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    torch.manual_seed(0)
    return (images + std * torch.randn_like(images)).clamp(0, 1)
