# One function never returns; the rest is right.
"""Figures of reconstructions and of mixtures (lecture 000, Tasks 6 and 8).

Functions here return a figure and show nothing, so they work with and without a screen. Make it
with ``Figure(...)`` and its method ``subplots``; ``matplotlib.pyplot.subplots`` is fine as well.
To look at a figure, save it: ``figure.savefig("name.png")``.

All images of a figure share one grey scale: 0 is black and 1 is white, whatever range an image
happens to cover. Pixels are drawn as they are, not smoothed (``interpolation="nearest"``), and the
axes show neither frame nor ticks. A figure has a title that says what it shows.
"""

import torch
from matplotlib.figure import Figure
from torch import nn


def reconstruction_figure(model: nn.Module, images: torch.Tensor) -> Figure:
    """Draw images beside their reconstructions (task ``reconstructions``, 4 points; lecture 000).

    Parameters
    ----------
    model
        Maps (B, 1, 28, 28) to (B, 1, 28, 28). It is run in evaluation mode and without a graph
        for gradients; afterwards it is in the mode that it was in before.
    images
        (100, 1, 28, 28) in [0, 1].

    Returns
    -------
    matplotlib.figure.Figure
        10 rows and 20 columns of axes, one image each. A row holds 10 pairs: an image, and right
        of it its reconstruction. Images come in order, row by row.
    """
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)

    figure = Figure(figsize=(12, 6.6))
    figure.suptitle("Inputs (odd columns) and their reconstructions (even columns)")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(10, 20)
    for number, pair in enumerate(zip(images.cpu().numpy(), outputs.cpu().numpy(), strict=True)):
        row, column = divmod(number, 10)
        for side, image in enumerate(pair):
            ax = axes[row, 2 * column + side]
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure


def mixture_figure(grid: torch.Tensor) -> Figure:
    """Draw the decoded mixtures of all pairs of digits (task ``mixture_grid``, 4 points).

    Parameters
    ----------
    grid
        Images, (10, 10, 1, 28, 28) in [0, 1], as from ``decode_mixtures`` in ``latent.py``.

    Returns
    -------
    matplotlib.figure.Figure
        10 rows and 10 columns of axes; ``grid[row, column]`` stands in that row and column.
    """
    figure = Figure(figsize=(6.5, 7))
    figure.suptitle("Decoded mixtures of the digits 0 to 9")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(10, 10)
    for row in range(10):
        for column in range(10):
            ax, image = axes[row, column], grid[row, column, 0].detach().cpu().numpy()
            ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
