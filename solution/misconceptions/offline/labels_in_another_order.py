"""You put images and labels in two different orders, so images get the labels of others.

Hint: Take the second image of your data set. Which label stands beside it?
"""

import torch
from torch.utils.data import Dataset, TensorDataset


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    pairs = [dataset[index] for index in range(len(dataset))]
    images = [image for image, _ in pairs]
    images += [transform(image) for _ in range(copies) for image, _ in pairs]
    labels = [int(label) for _, label in pairs for _ in range(1 + copies)]
    return TensorDataset(torch.stack(images), torch.tensor(labels))
