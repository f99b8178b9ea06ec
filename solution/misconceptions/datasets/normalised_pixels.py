"""You normalised the pixels with the mean and deviation of MNIST, so they leave [0, 1]; a decoder
that ends in [0, 1] cannot draw them.

Hint: What does ToTensor() already do to the bytes of an image, and which range does the exercise
ask for?
"""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    to_tensor = torchvision.transforms.Compose(
        [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize((0.1307,), (0.3081,))]
    )
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=False, transform=to_tensor, download=download
    )
    return train, validation
