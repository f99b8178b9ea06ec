"""You detached the output from the graph before computing the loss, so there is nothing that
backward() could follow.

Hint: Which parameters does the loss still know of after detach()?
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
        loss = criterion(model(images).detach(), images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
        samples += len(images)
    return total / samples
