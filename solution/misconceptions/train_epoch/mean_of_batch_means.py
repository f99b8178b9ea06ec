"""You averaged the losses of batches, so a small last batch counts as much as a full one; the mean
is over samples.

Hint: If 32 images have the loss 0.04 and 8 have 0.08, what is the mean over all 40?

Source: https://borea17.github.io/ml101/engineering/mean_of_means/index.html
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    model.train()
    total, samples = 0.0, 0
    for images, _ in loader:
        images = images.to(device)
        loss = criterion(model(images), images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        samples += 1
    return total / samples
