"""You did not put the network into training mode; if validation has left it in evaluation mode,
dropout and batch normalisation do not train.

Hint: In which mode is a network after somebody has called model.eval(), until told otherwise?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
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
