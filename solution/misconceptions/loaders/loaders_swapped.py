"""You returned the two loaders in the other order: the one for validation comes first.

Hint: Which of the two that you return shuffles?
"""

from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=32, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=100, shuffle=False)
    return validation_loader, train_loader
