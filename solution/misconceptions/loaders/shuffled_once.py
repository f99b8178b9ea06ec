"""You drew one random order when you made the loader, and every epoch repeats it; each epoch should
have an order of its own.

Hint: When is your order drawn: once, or whenever somebody begins to iterate?
"""

import torch
from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=32, sampler=torch.randperm(len(train)).tolist())
    validation_loader = DataLoader(validation, batch_size=100, shuffle=False)
    return train_loader, validation_loader
