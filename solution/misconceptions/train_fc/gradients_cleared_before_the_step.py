"""You clear the gradients between backward() and step(), so no step has anything to follow.

Hint: Which of the three calls needs what another one has computed?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_fc(
    model: nn.Module,
    loader: DataLoader,
    epochs: int = 25,
    lr: float = 0.001,
    weight_decay: float = 1e-05,
    watched: torch.Tensor | None = None,
    every: int = 5,
) -> tuple[list[float], list[torch.Tensor]]:
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    losses: list[float] = []
    snapshots: list[torch.Tensor] = []
    for epoch in range(1, epochs + 1):
        model.train()
        total, samples = (0.0, 0)
        for images, _ in loader:
            rows = normalise(images.to(device))
            loss = nn.functional.mse_loss(model(rows), rows)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            total += loss.item() * len(rows)
            samples += len(rows)
        losses.append(total / samples)
        model.eval()
        if watched is not None and epoch % every == 0:
            with torch.no_grad():
                snapshots.append(model(normalise(watched.to(device))).cpu())
    return (losses, snapshots)
