"""You returned the whole loss in place of the squared error.

Hint: Add the last two of your three numbers. What comes out?
"""

import torch


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    squared_error = torch.sum((reconstruction - x) ** 2)
    kl = -0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar))
    return (squared_error + kl, squared_error + kl, kl)
