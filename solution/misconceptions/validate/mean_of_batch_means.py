"""You averaged the validation losses of batches, so the images of a smaller last batch count more
than others.

Hint: By what would each batch's loss have to be multiplied before you add it up?

Source: https://borea17.github.io/ml101/engineering/mean_of_means/index.html
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
            total += criterion(model(images), images).item()
            samples += 1
    model.train(was_training)
    return total / samples
