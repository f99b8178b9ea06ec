"""You return from inside the loop, so the epoch ends after its first batch.

Hint: How far is the return indented, and how often does the loop run?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    model.train()
    total, samples = 0.0, 0
    for images, _ in loader:
        images = images.to(device)
        loss = criterion(model(images), images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
        samples += len(images)
        return total / samples
