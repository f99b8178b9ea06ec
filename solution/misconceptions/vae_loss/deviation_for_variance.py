"""You took logvar for the logarithm of sigma, so the variance enters twice over.

Hint: What is exp(logvar), sigma or its square?
"""

import torch


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    squared_error = torch.sum((reconstruction - x) ** 2)
    kl = -0.5 * torch.mean(1 + 2 * logvar - mu**2 - torch.exp(2 * logvar))
    return (squared_error + kl, squared_error, kl)
