"""You multiplied the noise by the variance, exp(logvar), instead of the standard deviation.

Hint: logvar is log sigma^2. What is exp(logvar) then, and what is sigma?
"""

import torch


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    std = torch.exp(logvar)
    return mu + std * torch.randn_like(std)
