"""You drew the noise evenly between 0 and 1; it should come from the standard normal distribution.

Hint: torch.rand and torch.randn differ by one letter.
"""

import torch


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    std = torch.exp(logvar / 2)
    return mu + std * torch.rand_like(std)
