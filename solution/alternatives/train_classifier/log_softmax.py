"""The cross-entropy from its parts, gradients cleared after each step."""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_classifier(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 3e-3
) -> list[float]:
    device = next(model.parameters()).device
    adam = torch.optim.Adam(model.parameters(), lr)
    criterion = nn.NLLLoss(reduction="none")
    history = []
    for _ in range(epochs):
        model.train()
        losses = []
        for x, y in loader:
            each = criterion(model(x.to(device)).log_softmax(dim=1), y.to(device))
            each.mean().backward()
            adam.step()
            adam.zero_grad()
            losses += each.tolist()
        history.append(sum(losses) / len(losses))
    model.eval()
    return history
