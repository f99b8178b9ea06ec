"""A shift by some pixels into a margin, and a little noise."""

import torch
from torch import nn


def random_transform(image: torch.Tensor) -> torch.Tensor:
    _, height, width = image.shape
    padded = nn.functional.pad(image, (2, 2, 2, 2))
    top, left = torch.randint(0, 5, (2,)).tolist()
    moved = padded[:, top : top + height, left : left + width]
    return (moved + 0.05 * torch.randn_like(moved)).clamp(0, 1)
