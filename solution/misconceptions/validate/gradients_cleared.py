"""You clear the gradients of the network while validating; validation should leave everything about
it as it is, gradients included.

Hint: Which line of the training loop did you take along although no gradient is computed here?
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
    model.zero_grad()
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item() * len(images)
            samples += len(images)
    model.train(was_training)
    return total / samples
