"""You shuffled the validation digits as well, so two evaluations do not look at the same images in
the same places.

Hint: Which of the two loaders gains from a random order, and which only loses by it?
"""

from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=32, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=100, shuffle=True)
    return train_loader, validation_loader
