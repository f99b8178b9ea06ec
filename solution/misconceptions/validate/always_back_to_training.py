"""You switch to training mode at the end whatever the mode was before; a network that came in
evaluation mode should leave in it.

Hint: What would you have to remember before you call eval()?
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
    model.train()
    return total / samples
