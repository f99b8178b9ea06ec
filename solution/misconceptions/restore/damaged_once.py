"""You damaged all images once before the training; the network then learns this one noise by heart.

Hint: How often is damage called, and how often should it be?
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_restorer(
    model: nn.Module,
    loader: DataLoader,
    damage: Callable[[torch.Tensor], torch.Tensor],
    epochs: int = 10,
    lr: float = 0.001,
) -> list[float]:
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    pairs = [(images.to(device), damage(images.to(device))) for images, _ in loader]
    model.train()
    for _ in range(epochs):
        total, samples = (0.0, 0)
        for images, damaged in pairs:
            loss = nn.functional.mse_loss(model(damaged), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    model.eval()
    return losses
