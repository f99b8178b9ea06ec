"""You forgot to square mu, so a negative mean counts as closer to 0 than 0 itself.

Hint: What is your divergence for mu = -1, logvar = 0?
"""

import torch


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    squared_error = torch.sum((reconstruction - x) ** 2)
    kl = -0.5 * torch.mean(1 + logvar - mu - torch.exp(logvar))
    return (squared_error + kl, squared_error, kl)
