"""You added up the squared differences instead of averaging them, so both the loss and every step
are larger by the number of pixels of a batch.

Hint: What does the M in MSE stand for, and which argument of MSELoss decides it?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss(reduction="sum")
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
