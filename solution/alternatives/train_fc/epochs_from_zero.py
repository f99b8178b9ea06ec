"""Epochs count from 0 inside, gradients are cleared after each step, and losses kept by image."""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_fc(
    model: nn.Module,
    loader: DataLoader,
    epochs: int = 25,
    lr: float = 1e-3,
    weight_decay: float = 1e-5,
    watched: torch.Tensor | None = None,
    every: int = 5,
) -> tuple[list[float], list[torch.Tensor]]:
    device = next(model.parameters()).device
    adam = torch.optim.Adam(model.parameters(), lr, weight_decay=weight_decay)
    history, seen = [], []
    for epoch in range(epochs):
        model.train()
        errors = []
        for batch in loader:
            rows = normalise(batch[0].to(device))
            difference = model(rows) - rows
            difference.pow(2).mean().backward()
            adam.step()
            adam.zero_grad()
            errors.append(difference.detach().pow(2).mean(dim=1))
        history.append(float(torch.cat(errors).mean()))
        if watched is not None and (epoch + 1) % every == 0:
            model.eval()
            seen.append(model(normalise(watched.to(device))).detach().clone())
    model.eval()
    return history, seen
