"""You do the same to each image in each call, so there is nothing random.

Hint: Call your function twice with one image.
"""

import torch


def random_transform(image: torch.Tensor) -> torch.Tensor:
    return torch.roll(image, (1, -2), (1, 2))
