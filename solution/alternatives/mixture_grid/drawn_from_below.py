"""Images turned over and drawn from below, which comes to the same."""

import numpy as np
from matplotlib.figure import Figure


def mixture_figure(grid):
    figure = Figure(figsize=(6, 6))
    axes = figure.subplots(10, 10)
    axes[0, 4].set_title("Mixtures of all pairs of digits")
    for (row, column), ax in np.ndenumerate(axes):
        image = grid[row, column, 0].flip(0).numpy()
        ax.imshow(image, origin="lower", cmap="gray", vmin=0, vmax=1)
        ax.axis("off")
    return figure
