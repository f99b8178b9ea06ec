"""You left the widths out where you made the networks, so they have the default ones.

Hint: Which arguments does the network take, and which do you pass on?
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_latents(
    loader: DataLoader,
    latents: Sequence[int] = (20, 30, 50),
    widths: Sequence[int] = WIDTHS,
    epochs: int = 200,
    lr: float = 0.001,
) -> tuple[dict[int, FaceAutoEncoder], dict[int, list[float]]]:
    networks: dict[int, FaceAutoEncoder] = {}
    losses: dict[int, list[float]] = {}
    for latent in latents:
        network = FaceAutoEncoder(latent=latent)
        optimizer = torch.optim.Adam(network.parameters(), lr=lr)
        losses[latent] = []
        for _ in range(epochs):
            total, samples = (0.0, 0)
            for images, _ in loader:
                loss = nn.functional.mse_loss(network(images), images)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(images)
                samples += len(images)
            losses[latent].append(total / samples)
        networks[latent] = network.eval()
    return (networks, losses)
