"""The divergence comes from torch.distributions, the error from mse_loss."""

import torch
from torch import nn


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    error = nn.functional.mse_loss(reconstruction, x, reduction="sum")
    posterior = torch.distributions.Normal(mu, (logvar / 2).exp())
    prior = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = torch.distributions.kl_divergence(posterior, prior).mean()
    return error + kl, error, kl
