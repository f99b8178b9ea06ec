"""You kept the loss of the last batch of each epoch; asked for is the mean over all its images.

Hint: Which batches have a say in the number that you append?
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
        losses.append(loss.item())
    model.eval()
    return losses
