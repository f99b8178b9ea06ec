"""You added up losses as tensors, so what you return is a tensor that keeps the graphs of all
batches alive; asked for is a number.

Hint: Which method of a tensor gives the plain number in it?

Source: https://thecodeforge.io/ml-ai/pytorch-training-loop/
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
        total += loss * len(images)
        samples += len(images)
    return total / samples
