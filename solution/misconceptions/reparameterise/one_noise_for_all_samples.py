"""You drew one set of random numbers and used it for every image of the batch; each image needs its
own.

Hint: Which shape does your eps have, and which has mu?
"""

import torch


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    std = torch.exp(logvar / 2)
    return mu + std * torch.randn_like(std[:1])
