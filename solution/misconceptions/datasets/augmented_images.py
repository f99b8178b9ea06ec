"""You turn the images by a random angle each time they are read; here the data are the digits as
they lie in the files.

Hint: Read the same sample twice and compare the two tensors.
"""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    to_tensor = torchvision.transforms.Compose(
        [torchvision.transforms.RandomRotation(10), torchvision.transforms.ToTensor()]
    )
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=False, transform=to_tensor, download=download
    )
    return train, validation
