"""Two lists that become a dict in the end, and a loop that counts."""

import torch


def train(model, train_loader, validation_loader, epochs=10, lr=1e-3):
    adam = torch.optim.Adam(params=list(model.parameters()), lr=lr, foreach=False)
    losses, validation_losses = [], []
    while len(losses) < epochs:
        losses.append(train_epoch(model, train_loader, adam))
        validation_losses.append(validate(model, validation_loader))
    return {"train_loss": losses, "validation_loss": validation_losses}
