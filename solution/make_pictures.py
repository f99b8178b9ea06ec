"""Make the pictures of the exercise sheet from the real digits and the reference modules.

For course staff; students get the pictures only. It takes about half a minute on one core:

    python solution/make_pictures.py

Seeds are fixed, and torch runs on one thread, so the same machine makes the same pictures again.
The numbers that the exercise sheet states are printed while they are measured.
"""

import argparse
import io
from pathlib import Path

import autoencoder
import figures
import latent
import layers
import mnist
import numpy as np
import torch
import training
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

PICTURES = Path(__file__).resolve().parent / "pictures"
COLORS = 64  # of a palette; keeps every file small
SEED = 5
GREY = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}


def save(figure: Figure, name: str, dpi: int = 100) -> None:
    """Write a figure as a small PNG with a palette and without metadata."""
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


def draw_digits(images: torch.Tensor, labels: torch.Tensor) -> Figure:
    """Draw the first three images of each digit, one digit a column."""
    figure = Figure(figsize=(7, 2.5))
    axes = figure.subplots(3, 10, gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.02)
    for digit in range(10):
        axes[0, digit].set_title(f"{digit}", fontsize=11)
        for row, image in enumerate(images[labels == digit][:3]):
            show(axes[row, digit], image[0])
    return figure


def draw_architecture(image: torch.Tensor, output: torch.Tensor) -> Figure:
    """Draw the feature maps of the auto-encoder to scale, between a real input and its output."""
    figure = Figure(figsize=(9.5, 2.9))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 208), ylim=(-16, 47.5))
    ax.set_aspect("equal")
    ax.axis("off")
    middle, blue, orange = 15, "#9ecae1", "#fdd0a2"
    places = [  # left edge, side, how many sheets, color, name
        (4, 28, 0, "", "1 × 28 × 28"),
        (48, 14, 5, blue, "q1 × 14 × 14"),
        (79, 7, 5, blue, "q2 × 7 × 7"),
        (122, 7, 5, orange, "q2 × 7 × 7"),
        (145, 14, 5, orange, "q1 × 14 × 14"),
        (176, 28, 0, "", "1 × 28 × 28"),
    ]
    for left, side, sheets, color, name in places:
        low = middle - side / 2
        if not sheets:
            picture = image if left < 100 else output
            ax.imshow(picture, extent=(left, left + side, low, low + side), **GREY)
            ax.set(xlim=(0, 208), ylim=(-16, 47.5))
        for sheet in range(sheets):
            shift = 1.1 * (sheets - 1 - sheet)
            corner = (left + shift, low + shift)
            ax.add_patch(Rectangle(corner, side, side, facecolor=color, edgecolor="#444", lw=0.8))
        ax.text(left + side / 2, low - 2, name, ha="center", va="top", fontsize=10)
    for cell in range(10):
        corner = (102, middle - 10 + 2 * cell)
        ax.add_patch(Rectangle(corner, 3, 2, facecolor="#dddddd", edgecolor="#444", lw=0.8))
    ax.text(103.5, middle - 12, "k", ha="center", va="top", fontsize=10)

    for start, end in ((34, 46), (68, 77), (91.5, 100.5), (106.5, 120.5), (134, 143.5), (165, 174)):
        ax.annotate(
            "", (end, middle), (start, middle), arrowprops={"arrowstyle": "->", "color": "#444"}
        )
    steps = (
        (40, "conv"),
        (72.5, "conv"),
        (95, "linear"),
        (112.5, "linear"),
        (139, "transposed\nconv"),
        (169.5, "transposed\nconv"),
    )
    for x, text in steps:
        ax.text(x, 31.5, text, ha="center", va="bottom", fontsize=10, linespacing=1.05)
        ax.plot((x, x), (middle + 1.5, 30.5), color="#bbb", lw=0.7, ls=":", zorder=0)
    for start, end, text in ((34, 101, "Encoder"), (106, 174, "Decoder")):
        ax.plot((start, start, end, end), (40, 41.5, 41.5, 40), color="#444", lw=1)
        ax.text((start + end) / 2, 42.5, text, ha="center", va="bottom", fontsize=12)
    ax.text(103.5, -15, "channels × height × width", ha="center", va="bottom", fontsize=10)
    ax.text(18, 31.5, "input", ha="center", va="bottom", fontsize=10)
    ax.text(190, 31.5, "output", ha="center", va="bottom", fontsize=10)
    return figure


def draw_output_padding() -> Figure:
    """Draw, to scale, the sizes through the decoder with and without output padding."""
    figure = Figure(figsize=(7, 3.3))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_aspect("equal")
    ax.axis("off")
    rows = (
        (0, "output\npadding 0", (7, 13, 25), "#fdae6b"),
        (-36, "output\npadding 1", (7, 14, 28), "#9ecae1"),
    )
    for middle, name, sides, color in rows:
        ax.text(-5, middle, name, ha="right", va="center", fontsize=11)
        left = 0.0
        for step, side in enumerate(sides):
            low = middle - side / 2
            ax.add_patch(Rectangle((left, low), side, side, facecolor=color, edgecolor="#333"))
            for line in range(1, side):
                ax.plot((left + line,) * 2, (low, low + side), color="white", lw=0.5)
                ax.plot((left, left + side), (low + line,) * 2, color="white", lw=0.5)
            text = f"{side} × {side}"
            ax.text(left + side + 1.5, low, text, ha="left", va="bottom", fontsize=11)
            if step < 2:
                start, end = left + side + 2, left + side + 20
                arrow = {"arrowstyle": "->", "color": "#444"}
                ax.annotate("", (end, middle), (start, middle), arrowprops=arrow)
            left += side + 22
    ax.text(88, 14.5, "one pixel row and column short\nafter one layer, three after two",
            ha="left", va="top", fontsize=10)  # fmt: skip
    ax.set(xlim=(-24, 148), ylim=(-52, 17))
    return figure


def draw_losses(
    good: training_history, high: training_history, mean_image: float
) -> Figure:
    return Figure()
