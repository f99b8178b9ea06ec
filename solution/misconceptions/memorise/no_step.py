"""You computed gradients, and no optimizer ever made a step.

Hint: Do your errors fall?
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
        model.eval()
        with torch.no_grad():
            seen_errors.append(nn.functional.mse_loss(model(seen), seen).item())
            unseen_errors.append(nn.functional.mse_loss(model(unseen), unseen).item())
    model.eval()
    return seen_errors, unseen_errors
