"""You reported the training loss as the error on the seen faces; it belongs to the weights
before the step, and to training mode.

Hint: In which mode was your first number computed, and when?
"""

import torch
from torch import nn


def memorise(
    model: nn.Module, seen: torch.Tensor, unseen: torch.Tensor, epochs: int = 400, lr: float = 1e-3
) -> tuple[list[float], list[float]]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    seen_errors, unseen_errors = [], []
    for _ in range(epochs):
        model.train()
        loss = nn.functional.mse_loss(model(seen), seen)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            seen_errors.append(loss.item())
            unseen_errors.append(nn.functional.mse_loss(model(unseen), unseen).item())
    model.eval()
    return seen_errors, unseen_errors
