"""You measured the errors before the step, so the last step is never measured.

Hint: After each epoch means after its step.
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
        model.eval()
        with torch.no_grad():
            seen_errors.append(nn.functional.mse_loss(model(seen), seen).item())
            unseen_errors.append(nn.functional.mse_loss(model(unseen), unseen).item())
        model.train()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    return seen_errors, unseen_errors
