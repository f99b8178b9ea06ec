"""You draw training digits with replacement: in an epoch some come twice or more, and others not at
all.

Hint: Count how often each digit comes in one pass over the training loader.
"""

import torch
from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(
        train, batch_size=32, sampler=torch.utils.data.RandomSampler(train, replacement=True)
    )
    validation_loader = DataLoader(validation, batch_size=100, shuffle=False)
    return train_loader, validation_loader
