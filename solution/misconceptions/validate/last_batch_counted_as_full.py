"""You multiplied each validation loss by the size of a full batch, the last and smaller one
included.

Hint: Where do you divide by the number of images, and did you multiply by the same ones?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    was_training = model.training
    model.eval()
    total, samples = 0.0, 0
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item() * loader.batch_size
            samples += len(images)
    model.train(was_training)
    return total / samples
