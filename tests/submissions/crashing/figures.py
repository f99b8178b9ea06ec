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
    # TODO reconstructions: get the reconstructions first, then fill the axes with imshow.
    raise NotImplementedError("TODO reconstructions")
    # END TODO


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
    # TODO mixture_grid: the same kind of figure, with one image for each pair.
    raise NotImplementedError("TODO mixture_grid")
    # END TODO
