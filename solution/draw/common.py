"""What the pictures of all units share: how a figure is saved, and what grey means."""

import io
from pathlib import Path
from typing import Final

import mnist
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

PICTURES: Final = Path(__file__).resolve().parents[1] / "pictures"
TIMES: Final = " \N{MULTIPLICATION SIGN} "
COLORS: Final = 64
"""Colours of a palette; they keep every file small."""
SEED: Final = 5
GREY: Final = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}


def save(figure: Figure, name: str, dpi: int = 100) -> None:
    """Write a figure as a small PNG with a palette and without metadata."""
    PICTURES.mkdir(exist_ok=True)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white")
    image = Image.open(buffer).convert("RGB")
    image = image.quantize(COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = PICTURES / name
    image.save(path, optimize=True)
    print(f"{name}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


def show(ax: Axes, image: np.ndarray | torch.Tensor) -> None:
    """Draw one (28, 28) image without axes."""
    ax.imshow(image, **GREY)
    ax.axis("off")


def a_three(data: Path) -> np.ndarray:
    """The first three of the validation digits, (28, 28) in [0, 1]."""
    _, validation = mnist.load_datasets(data)
    first = int(torch.nonzero(validation.targets == 3)[0, 0])
    return validation.data[first].numpy() / np.float32(255)
