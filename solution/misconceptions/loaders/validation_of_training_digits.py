"""You made the validation loader from the training digits, so validation would measure how well the
network knows what it has learnt from.

Hint: Which data set does each of your two DataLoaders get?
"""

from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=32, shuffle=True)
    validation_loader = DataLoader(train, batch_size=100, shuffle=False)
    return train_loader, validation_loader
