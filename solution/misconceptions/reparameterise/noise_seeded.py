"""You seed the generator in each call, so the noise is always the same.

Hint: Call your function twice and compare.
"""

import torch


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    torch.manual_seed(0)
    std = torch.exp(logvar / 2)
    return mu + std * torch.randn_like(std)
