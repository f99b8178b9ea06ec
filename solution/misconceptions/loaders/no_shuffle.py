"""You left the training digits in the order of the data set; each epoch then sees the same batches
in the same order.

Hint: Print the labels of the first training batch in two epochs. Which argument of DataLoader would
make them differ?
"""

from torch.utils.data import DataLoader, Dataset


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    train_loader = DataLoader(train, batch_size=32)
    validation_loader = DataLoader(validation, batch_size=100, shuffle=False)
    return train_loader, validation_loader
