"""You cut out a square at random, so a photograph is another one each time.

Hint: Two names of torchvision.transforms end in Crop and take a size. Which says where?
"""

from pathlib import Path

from torchvision import transforms
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    steps = [transforms.Resize(size), transforms.RandomCrop(size), transforms.ToTensor()]
    return ImageFolder(root, transform=transforms.Compose(steps))
