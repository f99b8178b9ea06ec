"""You left brightness below 0 and above 1 as it came.

Hint: What is the smallest brightness that the docstring allows?
"""

import torch


def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    return images + std * torch.randn_like(images)
