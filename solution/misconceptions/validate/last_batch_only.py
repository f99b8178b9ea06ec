"""You returned the loss of the last validation batch instead of the mean over all samples.

Hint: What does each round of your loop do with the result of the one before?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            loss = criterion(model(images), images).item()
    model.train(was_training)
    return loss
