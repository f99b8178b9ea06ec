"""You compare the output with the labels; an auto-encoder is its own teacher, and the output is
compared with the input.

Hint: What should the output look like if the network were perfect? Labels play no part here.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    model.train()
    total, samples = 0.0, 0
    for images, labels in loader:
        images = images.to(device)
        target = labels.to(device).float().view(-1, 1, 1, 1)
        loss = criterion(model(images), target.expand_as(images))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
        samples += len(images)
    return total / samples
