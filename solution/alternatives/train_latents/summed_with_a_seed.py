"""Errors summed, the same random start for all, every list complete before the next network."""

from collections.abc import Sequence

import torch
from torch.utils.data import DataLoader


def train_latents(
    loader: DataLoader,
    latents: Sequence[int] = (20, 30, 50),
    widths: Sequence[int] = WIDTHS,
    epochs: int = 200,
    lr: float = 1e-3,
):
    networks = {}
    for latent in latents:
        torch.manual_seed(1)
        networks[latent] = FaceAutoEncoder(widths=widths, latent=latent, channels=3)
    losses = {latent: one_run(network, loader, epochs, lr) for latent, network in networks.items()}
    return networks, losses


def one_run(network, loader, epochs, lr):
    optimizer = torch.optim.Adam(network.parameters(), lr)
    history = []
    for _ in range(epochs):
        network.train()
        squares, pixels = 0.0, 0
        for batch in loader:
            optimizer.zero_grad(set_to_none=False)
            error = ((batch[0] - network(batch[0])) ** 2).sum()
            error.backward()
            optimizer.step()
            squares += float(error)
            pixels += batch[0].numel()
        network.eval()
        history.append(squares / pixels)
    return history
