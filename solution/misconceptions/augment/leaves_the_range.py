"""You add noise without cutting off what leaves [0, 1].

Hint: Which values have your black pixels?
"""

import torch


def random_transform(image: torch.Tensor) -> torch.Tensor:
    return image + 0.1 * torch.randn_like(image)
