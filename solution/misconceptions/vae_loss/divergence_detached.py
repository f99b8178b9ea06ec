"""You turned the divergence into a plain number, so it is part of the loss and teaches nothing.

Hint: Look for .item() or .detach() on the way from mu to the loss.
"""

import torch


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    squared_error = torch.sum((reconstruction - x) ** 2)
    kl = -0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar)).detach()
    return (squared_error + kl, squared_error, kl)
