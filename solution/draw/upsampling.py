"""Pictures of the unit upsampling: a digit enlarged, and where new pixels lie."""

from pathlib import Path

import numpy as np
import upsampling
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from draw.common import TIMES, a_three, save, show


def draw_upsampling(digit: np.ndarray) -> Figure:
    """Draw a digit, its maxima of 2 by 2 pixels, and what each way of upsampling makes of these."""
    image = digit[None, None].astype(np.float64)
    small, places = upsampling.max_pool_forward(image, 2)
    panels = {
        "28 x 28": image,
        "max pooling: 14 x 14": small,
        "nearest neighbour": upsampling.nearest_forward(small, 2),
        "bed of nails": upsampling.nails_forward(small, 2),
        "reversed max pooling": upsampling.max_unpool_forward(small, places, (28, 28)),
        "bilinear,\ncorners aligned": upsampling.bilinear_forward(small, 2, True),
        "bilinear,\ncorners not aligned": upsampling.bilinear_forward(small, 2, False),
    }
    figure = Figure(figsize=(9.5, 1.8))
    axes = figure.subplots(1, len(panels), gridspec_kw={"wspace": 0.08})
    figure.subplots_adjust(left=0.005, right=0.995, top=0.8, bottom=0.01)
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        show(ax, panel[0, 0])
        ax.set(xlim=(-0.5, 27.5), ylim=(27.5, -0.5))  # all panels to one scale
        ax.set_title(title.replace(" x ", TIMES), fontsize=9)
    return figure


def draw_corners() -> Figure:
    """Draw where six pixels lie over three, in both conventions of bilinear interpolation."""
    figure = Figure(figsize=(7, 2.6))
    axes = figure.subplots(1, 2, gridspec_kw={"wspace": 0.08})
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.02)
    for ax, aligned in zip(axes, (True, False), strict=True):
        at = upsampling.interpolation_matrix(3, 2, aligned) @ np.arange(3.0)
        width = 2 / 5 if aligned else 1 / 2
        middles = at if aligned else (np.arange(6) + 0.5) / 2 - 0.5
        for left in range(3):
            ax.add_patch(Rectangle((left - 0.5, 0), 1, 0.5, facecolor="#9ecae1", edgecolor="white"))
            ax.text(left, 0.08, f"{left}", ha="center", va="bottom", fontsize=10)
            ax.plot(left, 0.42, "k.", ms=5)
        for pixel, middle in enumerate(middles):
            corner = (middle - width / 2, 0.95)
            ax.add_patch(Rectangle(corner, width, 0.5, facecolor="#fdae6b", edgecolor="white"))
            ax.text(middle, 1.15, f"{pixel}", ha="center", va="bottom", fontsize=10)
            ax.plot(middle, 1.03, "k.", ms=5)
            ax.plot((middle, at[pixel]), (1.03, 0.42), color="#777", lw=0.8)
        name = "True" if aligned else "False"
        ax.set_title(f"align_corners = {name}", fontsize=11)
        ax.set(xlim=(-0.8, 2.8), ylim=(-0.1, 1.6))
        ax.axis("off")
    return figure


def main(data: Path) -> None:
    """Draw and write both."""
    save(draw_upsampling(a_three(data)), "upsampling.png")
    save(draw_corners(), "corners.png")
