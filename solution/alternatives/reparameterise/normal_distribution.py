"""A distribution draws the code by reparameterisation of its own."""

import torch


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    return torch.distributions.Normal(mu, logvar.mul(0.5).exp()).rsample()
