"""Picture of the unit conv_deep: sizes and channels of lecture 004's network."""

from pathlib import Path

import conv_deep
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from draw.common import save


def draw_deep_network() -> Figure:
    """Draw sizes and channels of lecture 004's network, sizes on a logarithmic scale."""
    widths = [3, *conv_deep.WIDTHS]
    sides = [128 >> step for step in range(8)]
    figure = Figure(figsize=(9.5, 2.9))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.7, 16.7), ylim=(-5.4, 5.6))
    ax.axis("off")
    maps = [*zip(widths, sides, strict=True)]
    places = [*enumerate(maps), *((16 - step, pair) for step, pair in enumerate(maps))]
    for x, (width, side) in places:
        half = 0.3 + 0.42 * np.log2(side)
        color = "#ffffff" if width == 3 else "#9ecae1" if x < 8 else "#fdd0a2"
        box = (x - 0.28, -half), 0.56, 2 * half
        ax.add_patch(Rectangle(*box, facecolor=color, edgecolor="#444", lw=0.8))
        ax.text(x, half + 0.15, f"{side}", ha="center", va="bottom", fontsize=9)
        ax.text(x, -half - 0.15, f"{width}", ha="center", va="top", fontsize=9)
    ax.add_patch(Rectangle((7.72, -0.6), 0.56, 1.2, facecolor="#dddddd", edgecolor="#444", lw=0.8))
    ax.text(8, -0.75, "64", ha="center", va="top", fontsize=9)
    for x, text in ((3.5, "2\N{MULTIPLICATION SIGN}2, stride 2"), (12.5, "transposed")):
        ax.text(x, 4.6, f"seven steps, {text}", ha="center", va="bottom", fontsize=10)
    ax.text(8, 1.3, "code", ha="center", va="bottom", fontsize=10)
    ax.text(-0.6, -5.3, "above: height and width", ha="left", fontsize=9, color="#555")
    ax.text(16.6, -5.3, "below: channels", ha="right", fontsize=9, color="#555")
    return figure


def main(data: Path) -> None:
    """Draw and write it; no data are needed."""
    save(draw_deep_network(), "deep_network.png")
