"""You moved values to [-1, 1], and the Sigmoid of the network cannot reach those below 0.

Hint: Which values does ToTensor give?
"""

from pathlib import Path

from torchvision import transforms
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    steps = [
        transforms.Resize(size),
        transforms.CenterCrop(size),
        transforms.ToTensor(),
        transforms.Normalize(0.5, 0.5),
    ]
    return ImageFolder(root, transform=transforms.Compose(steps))
