"""You returned the two parts in the other order: the validation digits come first.

Hint: Which of the two is larger, and which one does the docstring name first?
"""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    to_tensor = torchvision.transforms.ToTensor()
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=False, transform=to_tensor, download=download
    )
    return validation, train
