"""You never clear the gradients, so those of each batch are added to those of all batches before
it, and the steps grow.

Hint: What does loss.backward() do with a .grad that is already there?

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
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
        samples += len(images)
    return total / samples
