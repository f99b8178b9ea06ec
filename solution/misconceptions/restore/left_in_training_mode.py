"""You left the network in training mode.

Hint: What does the docstring say about the mode after training?
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
    model.train()
    for _ in range(epochs):
        total, samples = (0.0, 0)
        for images, _ in loader:
            images = images.to(device)
            loss = nn.functional.mse_loss(model(damage(images)), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    return losses
