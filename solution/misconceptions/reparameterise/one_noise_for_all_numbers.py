"""You drew one random number for each image and used it for all numbers of its code.

Hint: Which shape does your eps have, and which has mu?
"""

import torch


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    std = torch.exp(logvar / 2)
    return mu + std * torch.randn_like(std[:, :1])
