"""You gave both loaders batches of 32; validation has its own size.

Hint: Look at the shape of a batch of your second loader, and at the docstring.
"""

from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=32, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=32, shuffle=False)
    return train_loader, validation_loader
