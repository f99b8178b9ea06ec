"""You opened the training part twice, so what you validate on is what you train on.

Hint: How many digits are in your second data set, and which argument of MNIST chooses the part?
"""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    to_tensor = torchvision.transforms.ToTensor()
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=True, transform=to_tensor, download=download
    )
    return train, validation
