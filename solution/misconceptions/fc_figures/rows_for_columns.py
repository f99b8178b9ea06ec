"""You let each width fill a row; asked for is a column.

Hint: What stands beside an image, and what below?
"""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure


def sweep_images_figure(
    widths: Sequence[int], images: torch.Tensor, outputs: Sequence[torch.Tensor]
) -> Figure:
    names = ["input", *(f"h = {width}" for width in widths)]
    return draw_grid("Reconstructions", [images, *outputs], names, across=False)
