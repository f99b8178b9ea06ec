"""You compute gradients but never let the optimizer make a step, so the parameters stay as they
are.

Hint: backward() only fills .grad. Which call moves the parameters?
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
        total += loss.item() * len(images)
        samples += len(images)
    return total / samples
