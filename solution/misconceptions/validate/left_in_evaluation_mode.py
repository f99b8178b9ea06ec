"""You left the network in evaluation mode, so whatever trains it next trains without dropout.

Hint: In which mode was the network when your function was called, and in which is it afterwards?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    model.eval()
    total, samples = 0.0, 0
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item() * len(images)
            samples += len(images)
    return total / samples
