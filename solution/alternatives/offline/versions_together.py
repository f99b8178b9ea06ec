"""All versions of an image follow it, in a list."""

from torch.utils.data import Dataset


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    larger = []
    for i in range(len(dataset)):
        image, label = dataset[i]
        larger.append((image, label))
        for _ in range(copies):
            larger.append((transform(image), label))
    return larger
