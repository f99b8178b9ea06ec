"""You drew the noise of one image and added it to every image of the batch.

Hint: Which shape does your noise have, and which have the images?
"""

import torch


def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    return (images + std * torch.randn_like(images[:1])).clamp(0, 1)
