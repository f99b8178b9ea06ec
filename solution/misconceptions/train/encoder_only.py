"""You gave the optimizer the parameters of the encoder alone, so the decoder never learns.

Hint: Which parameters does your optimizer know? Compare their number with that of the whole
network.
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
    optimizer = torch.optim.Adam(model.encoder.parameters(), lr=lr)
    history: dict[str, list[float]] = {"train_loss": [], "validation_loss": []}
    for _ in range(epochs):
        history["train_loss"].append(train_epoch(model, train_loader, optimizer))
        history["validation_loss"].append(validate(model, validation_loader))
    return history
