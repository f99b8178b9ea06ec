"""You turned images into tensors without scaling them: pixels are still bytes from 0 to 255, of an
integer type.

Hint: Compare what PILToTensor and ToTensor say about the type and the range of their result.
"""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    to_tensor = torchvision.transforms.PILToTensor()
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=False, transform=to_tensor, download=download
    )
    return train, validation
