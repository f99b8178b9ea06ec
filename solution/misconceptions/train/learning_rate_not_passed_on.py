"""You wrote the learning rate 0.001 into the optimizer, so the argument lr does nothing.

Hint: Call train with lr=0 and see whether the network still changes.
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
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    history: dict[str, list[float]] = {"train_loss": [], "validation_loss": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(model, train_loader, optimizer))
        history["validation_loss"].append(validate(model, validation_loader))
    return history
