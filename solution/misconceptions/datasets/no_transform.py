"""You gave the data sets no transform, so an image is still a PIL image and no tensor.

Hint: What type does train[0][0] have, and which argument of MNIST would convert it?
"""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    train = torchvision.datasets.MNIST(root, train=True, download=download)
    validation = torchvision.datasets.MNIST(root, train=False, download=download)
    return train, validation
