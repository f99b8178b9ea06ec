"""You gave the training batches the size that is meant for validation, and the other way round.

Hint: Compare the shape of the first batch of each loader with the docstring.
"""

from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=100, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=32, shuffle=False)
    return train_loader, validation_loader
