"""A defaultdict collects the losses; AdamW without decay is Adam."""

from collections import defaultdict

import torch


def train(model, train_loader, validation_loader, epochs=10, lr=1e-3):
    optimizer = torch.optim.AdamW(model.parameters(), lr, weight_decay=0.0)
    history = defaultdict(list)
    for epoch in range(1, epochs + 1):
        history["train_loss"] += [train_epoch(model, train_loader, optimizer)]
        history["validation_loss"] += [validate(model, validation_loader)]
        print(f"epoch {epoch}: {history['validation_loss'][-1]:.4f}")
    return history
