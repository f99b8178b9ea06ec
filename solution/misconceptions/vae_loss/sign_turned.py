"""You turned the sign of the divergence, so training drives codes away from the standard normal
distribution.

Hint: Which sign has your divergence for mu = 1, logvar = 0?
"""

import torch


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    squared_error = torch.sum((reconstruction - x) ** 2)
    kl = 0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar))
    return (squared_error + kl, squared_error, kl)
