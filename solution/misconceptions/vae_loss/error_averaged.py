"""You averaged the squared error over pixels; against the divergence it then weighs thousands of
times less than in the lecture.

Hint: Which reduction does the lecture give to mse_loss?
"""

import torch


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    squared_error = torch.mean((reconstruction - x) ** 2)
    kl = -0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar))
    return (squared_error + kl, squared_error, kl)
