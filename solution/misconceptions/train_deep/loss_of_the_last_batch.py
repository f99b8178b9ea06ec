"""You kept the loss of the last batch of each epoch, as the lecture's program does; asked for is
the mean over all samples of the epoch.

Hint: Which batches have a say in the number that you append?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_deep(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 0.001
) -> list[float]:
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total, samples = (0.0, 0)
        for images, _ in loader:
            images = images.to(device)
            loss = nn.functional.mse_loss(model(images), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(loss.item())
    model.eval()
    return losses
