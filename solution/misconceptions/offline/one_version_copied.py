"""You transform each image once and copy the result, so the versions of an image are all alike.

Hint: How often is the transform called for each image?
"""

import torch
from torch.utils.data import Dataset, TensorDataset


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    pairs = [dataset[index] for index in range(len(dataset))]
    images = [image for image, _ in pairs]
    images += [transform(image) for image, _ in pairs] * copies
    labels = [int(label) for _, label in pairs] * (1 + copies)
    return TensorDataset(torch.stack(images), torch.tensor(labels))
