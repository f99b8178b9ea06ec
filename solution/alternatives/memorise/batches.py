"""A loader with one batch, and a function that measures."""

import torch
from torch import nn
from torch.utils.data import DataLoader


def memorise(
    model: nn.Module, seen: torch.Tensor, unseen: torch.Tensor, epochs: int = 400, lr: float = 1e-3
) -> tuple[list[float], list[float]]:
    from torch.utils.data import TensorDataset

    @torch.no_grad()
    def error(faces):
        model.eval()
        return float(torch.mean((faces - model(faces)) ** 2))

    optimizer = torch.optim.Adam(model.parameters(), lr)
    history = []
    for _ in range(epochs):
        for (faces,) in DataLoader(TensorDataset(seen), batch_size=len(seen), shuffle=True):
            model.train()
            optimizer.zero_grad()
            torch.sum((model(faces) - faces) ** 2).backward()
            optimizer.step()
        history.append((error(seen), error(unseen)))
    seen_errors, unseen_errors = map(list, zip(*history, strict=True))
    return seen_errors, unseen_errors
