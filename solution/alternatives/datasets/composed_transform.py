"""ToTensor as the only member of a Compose: the same transform."""

from pathlib import Path


def load_datasets(
    root: str | Path = DATA, download: bool = False
) -> tuple[torchvision.datasets.MNIST, torchvision.datasets.MNIST]:
    to_tensor = torchvision.transforms.Compose([torchvision.transforms.ToTensor()])
    train = torchvision.datasets.MNIST(root, train=True, transform=to_tensor, download=download)
    validation = torchvision.datasets.MNIST(
        root, train=False, transform=to_tensor, download=download
    )
    return train, validation
