# All is done, but one file was saved in the middle of a line.
"""Real digits: the MNIST images as tensors, and in batches (lecture 000, Task 1).

An image is a float32 tensor of shape (1, 28, 28), that is (channels, height, width), with values
from 0 (black) to 1 (white). Its label is an int from 0 to 9. The auto-encoder never looks at
labels; the class means of ``latent.py`` do.
"""

import grader.torchvision_cpu  # noqa: F401  # lets torchvision load beside a CPU build of torch

# isort: split
from pathlib import Path

import torchvision
from torch.utils.data import DataLoader, Dataset

DATA = Path(__file__).resolve().parent.parent / "data"
"""The folder that holds ``MNIST/raw`` with 4,000 training and 1,000 validation digits."""


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    """Open the training and the validation images (task ``datasets``, 4 points; lecture 000).

    Parameters
    ----------
    root
        The folder that holds, or after a download will hold, ``MNIST/raw``.
    download
        Whether to fetch the full MNIST where `root` does not hold it yet. The digits that come
        with the assignment need no download.

    Returns
    -------
    tuple
        ``(train, validation)``, two data sets. ``train[i]`` is a pair of an image, a float32
        tensor (1, 28, 28) in [0, 1], and its label, an int.
    """
    to_tensor = torchvision.transforms.ToTensor()
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=False, transform=to_tensor, download=download
    )
    return train, validation


def make_loaders(train: Dataset, validation: Dataset) -> tuple[DataLoader, DataLoader]:
    """Put two data sets into batches (task ``loaders``, 4 points; lecture 000).

    Parameters
    ----------
    train, validation
        Data sets of (image, label) pairs, of any length.

    Returns
    -------
    tuple
        ``(train_loader, validation_loader)``. The training loader gives batches of 32 in an order
        that is new in every epoch, the validation loader batches of 100 in the order of the data
        set. Both give every sample once an epoch: the last batch may be smaller.
    """
    train_loader = DataLoader(train, batch_size=32, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=100, shuffle=False)
    return train_loader, validation_loader
