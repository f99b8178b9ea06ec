"""Gradients are cleared after each step, damage needs no graph, losses are summed as tensors."""

from collections.abc import Callable

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_restorer(
    model: nn.Module,
    loader: DataLoader,
    damage: Callable[[torch.Tensor], torch.Tensor],
    epochs: int = 10,
    lr: float = 1e-3,
) -> list[float]:
    adam = torch.optim.Adam(model.parameters(), lr)
    criterion = nn.MSELoss()
    history = []
    for _ in range(epochs):
        model.train()
        parts = []
        for batch in loader:
            clean = batch[0].to(next(model.parameters()).device)
            with torch.no_grad():
                damaged = damage(clean)
            loss = criterion(model(damaged), clean)
            loss.backward()
            adam.step()
            adam.zero_grad()
            parts.append((loss.detach() * clean.shape[0], clean.shape[0]))
        history.append(float(sum(p for p, _ in parts)) / sum(n for _, n in parts))
        model.eval()
    return history
