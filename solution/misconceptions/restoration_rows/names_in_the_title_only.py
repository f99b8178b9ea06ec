"""You named all rows in the title of the figure; each row should bear its own name.

Hint: How would somebody know which row is which?
"""

from collections.abc import Mapping

import torch
from matplotlib.figure import Figure


def restoration_figure(rows: Mapping[str, torch.Tensor]) -> Figure:
    columns = max(len(images) for images in rows.values())
    figure = Figure(figsize=(0.8 * columns + 1, 0.8 * len(rows) + 0.1))
    figure.subplots_adjust(left=1 / (0.8 * columns + 1), right=0.99, bottom=0.02, top=0.98)
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for line, images in zip(axes, rows.values(), strict=True):
        for ax, image in zip(line, images, strict=True):
            pixels = image[0].detach().cpu().numpy()
            ax.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.set(xticks=[], yticks=[], frame_on=False)
    figure.suptitle(", ".join(rows))
    return figure
