"""You did not switch to evaluation mode: dropout still drops, and batch normalisation uses the
batch and moves its averages.

Hint: no_grad() stops gradients and nothing else. What tells dropout that this is no training?

Source: https://openillumi.com/en/en-pytorch-inference-mode-no-grad-eval
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    total, samples = 0.0, 0
    with torch.no_grad():
        for images, _ in loader:
            images = images.to(device)
            total += criterion(model(images), images).item() * len(images)
            samples += len(images)
    return total / samples
