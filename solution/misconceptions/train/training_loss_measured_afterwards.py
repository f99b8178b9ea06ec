"""You measure the training loss after each epoch with validate; the training loss is what
train_epoch gathers while the network changes.

Hint: What does train_epoch return, and where does it go?
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
        train_epoch(model, train_loader, optimizer)
        history["train_loss"].append(validate(model, train_loader))
        history["validation_loss"].append(validate(model, validation_loader))
    return history
