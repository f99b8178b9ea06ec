"""You left out the images as they are.

Hint: How many pairs does the docstring ask for?
"""

import torch
from torch.utils.data import Dataset, TensorDataset


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    pairs = [dataset[index] for index in range(len(dataset))]
    images: list[torch.Tensor] = []
    images += [transform(image) for _ in range(copies) for image, _ in pairs]
    labels = [int(label) for _, label in pairs] * copies
    return TensorDataset(torch.stack(images), torch.tensor(labels))
