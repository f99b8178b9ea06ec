"""You returned the sum of the validation losses of all batches; asked for is the mean over samples.

Hint: Would your result change if the same images came in smaller batches?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    was_training = model.training
    model.eval()
    total = 0.0
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item()
    model.train(was_training)
    return total
