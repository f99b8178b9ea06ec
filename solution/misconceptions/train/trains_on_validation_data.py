"""You train on the validation data as well, so the validation loss no longer tells how the network
does on what it has not seen.

Hint: Which loaders do you hand to train_epoch?
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
        history["train_loss"].append(train_epoch(model, train_loader, optimizer))
        train_epoch(model, validation_loader, optimizer)
        history["validation_loss"].append(validate(model, validation_loader))
    return history
