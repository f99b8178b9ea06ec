"""You run one epoch less than asked for.

Hint: Write down list(range(1, 3)). How many epochs is that?
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
    for _ in range(1, epochs):
        history["train_loss"].append(train_epoch(model, train_loader, optimizer))
        history["validation_loss"].append(validate(model, validation_loader))
    return history
