"""You put the training losses under the name of the validation losses, and the other way round.

Hint: Follow the result of train_epoch to the list that it is appended to.
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
        history["validation_loss"].append(train_epoch(model, train_loader, optimizer))
        history["train_loss"].append(validate(model, validation_loader))
    return history
