"""Pillow does the resizing and cutting."""

from pathlib import Path

from torchvision import transforms
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    from PIL import Image, ImageOps

    to_tensor = transforms.ToTensor()

    def fitted(picture):
        return to_tensor(ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC))

    return ImageFolder(str(root), fitted)
