"""You validate before the epoch instead of after it, so each validation loss belongs to the epoch
before.

Hint: What does the first number of your validation loss say about a network that has not been
trained yet?
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
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history: dict[str, list[float]] = {"train_loss": [], "validation_loss": []}
    for _ in range(epochs):
        history["validation_loss"].append(validate(model, validation_loader))
        history["train_loss"].append(train_epoch(model, train_loader, optimizer))
    return history
