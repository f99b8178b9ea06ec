"""You added up the squared differences of all pixels of an image and averaged over images only; the
mean is over pixels too.

Hint: Of how many squared differences is your sum, and by how many do you divide it?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss(reduction="sum")
    was_training = model.training
    model.eval()
    total, samples = 0.0, 0
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item()
            samples += len(images)
    model.train(was_training)
    return total / samples
