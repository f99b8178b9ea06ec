"""You open the same folder whatever folder is named.

Hint: Where does your function use root?
"""

from pathlib import Path

from torchvision import transforms
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    steps = [transforms.Resize(size), transforms.CenterCrop(size), transforms.ToTensor()]
    return ImageFolder(PHOTOS, transform=transforms.Compose(steps))
