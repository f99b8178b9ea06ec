"""You took std for the variance of the noise.

Hint: By what do you multiply a standard normal number so that its standard deviation is std?
"""

import torch


def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    return (images + std**0.5 * torch.randn_like(images)).clamp(0, 1)
