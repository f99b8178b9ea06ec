"""You left ticks and frames around the mixtures.

Hint: What would have to be switched off for each of the hundred axes?
"""

import torch
from matplotlib.figure import Figure


def mixture_figure(grid: torch.Tensor) -> Figure:
    figure = Figure(figsize=(6.5, 7))
    figure.suptitle("Decoded mixtures of the digits 0 to 9")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(10, 10)
    for row in range(10):
        for column in range(10):
            ax, image = axes[row, column], grid[row, column, 0].detach().cpu().numpy()
            ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    return figure
