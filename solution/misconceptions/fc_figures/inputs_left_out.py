"""You left out the inputs, so reconstructions have nothing to be compared with.

Hint: How many columns does the docstring ask for?
"""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure


def sweep_images_figure(
    widths: Sequence[int], images: torch.Tensor, outputs: Sequence[torch.Tensor]
) -> Figure:
    names = [f"h = {width}" for width in widths]
    return draw_grid("Reconstructions", list(outputs), names, across=True)
