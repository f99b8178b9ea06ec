"""You validated with the mean absolute difference; training and validation share one loss, the mean
squared error.

Hint: Compare the loss function of this function with the one you train with.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.L1Loss()
    was_training = model.training
    model.eval()
    total, samples = 0.0, 0
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item() * len(images)
            samples += len(images)
    model.train(was_training)
    return total / samples
