"""You kept bytes from 0 to 255; float32 from 0 to 1 is asked for.

Hint: PILToTensor and ToTensor differ in what they do to the values.
"""

from pathlib import Path

from torchvision import transforms
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    steps = [transforms.Resize(size), transforms.CenterCrop(size), transforms.PILToTensor()]
    return ImageFolder(root, transform=transforms.Compose(steps))
