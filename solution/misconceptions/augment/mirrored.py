"""You mirror images; a mirrored digit is another one, or none.

Hint: Write a 2, and look at it in a mirror.
"""

import torch


def random_transform(image: torch.Tensor) -> torch.Tensor:
    return image.flip(2) if torch.rand(1) < 0.5 else image.clone()
