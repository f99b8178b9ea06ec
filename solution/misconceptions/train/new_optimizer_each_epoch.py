"""You make a new optimizer in each epoch, so Adam forgets the averages of gradients that it has
gathered.

Hint: Which of your lines needs to run once only, and stands inside the loop?

Source: https://www.codegenes.net/blog/pytorch-adam-optimizer-reset
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train(
    model: nn.Module,
    train_loader: DataLoader,
    validation_loader: DataLoader,
    epochs: int = 10,
    lr: float = 1e-3,
) -> dict[str, list[float]]:
    history: dict[str, list[float]] = {"train_loss": [], "validation_loss": []}
    for _ in range(epochs):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        history["train_loss"].append(train_epoch(model, train_loader, optimizer))
        history["validation_loss"].append(validate(model, validation_loader))
    return history
