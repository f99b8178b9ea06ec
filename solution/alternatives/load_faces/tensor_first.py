"""A tensor first; then resized and cut, nearest neighbour included."""

from pathlib import Path

import torch
from torchvision.datasets import ImageFolder


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    from torchvision.transforms import v2

    steps = [
        v2.PILToTensor(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Resize(size, interpolation=v2.InterpolationMode.NEAREST),
        v2.CenterCrop(size),
    ]
    return ImageFolder(root, transform=v2.Compose(steps))
