"""Picture of the unit transposed: checkerboards."""

from pathlib import Path

import numpy as np
import transposed
from matplotlib.figure import Figure

from draw.common import a_three, save, show


def draw_checkerboards(digit: np.ndarray) -> Figure:
    """Draw how often pixels are written, and a digit enlarged by kernels of equal weights."""
    small = digit.reshape(14, 2, 14, 2).mean(axis=(1, 3)).astype(np.float64)
    kernels = (2, 3, 4, 5)
    figure = Figure(figsize=(8.2, 4.4))
    axes = figure.subplots(2, len(kernels), gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.01, right=0.99, top=0.92, bottom=0.01)
    most = max(transposed.write_counts((5, 5), kernel, 2).max() for kernel in kernels)
    for kernel, (above, below) in zip(kernels, axes.T, strict=True):
        counts = transposed.write_counts((5, 5), kernel, 2)
        above.imshow(counts, cmap="gray", vmin=0, vmax=most, interpolation="nearest")
        for (row, column), count in np.ndenumerate(counts):
            color = "black" if count > most / 2 else "white"
            style = {"ha": "center", "va": "center", "fontsize": 7, "color": color}
            above.text(column, row, f"{count}", **style)
        above.set_title(f"kernel {kernel}, stride 2", fontsize=11)
        above.axis("off")
        weights = np.full((kernel, kernel), 4 / kernel**2)  # the mean brightness stays as it is
        show(below, transposed.transposed_conv(small, weights, 2))
    return figure


def main(data: Path) -> None:
    """Draw and write it."""
    save(draw_checkerboards(a_three(data)), "checkerboards.png")
