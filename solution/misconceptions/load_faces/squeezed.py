"""You resized both sides, so broad pictures are squeezed and tall ones flattened.

Hint: What does Resize do with one number, and what with two?
"""

from pathlib import Path

from torchvision import transforms
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    steps = [transforms.Resize((size, size)), transforms.CenterCrop(size), transforms.ToTensor()]
    return ImageFolder(root, transform=transforms.Compose(steps))
