"""You let each image have a grey scale of its own, which hides how faint an output is.

Hint: What does imshow do with the darkest and the brightest pixel, if nobody tells it?
"""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure


def draw_grid(
    title: str, groups: Sequence[torch.Tensor], names: Sequence[str], *, across: bool
) -> Figure:
    shape = (len(groups[0]), len(groups)) if across else (len(groups), len(groups[0]))
    figure = Figure(figsize=(1.1 * shape[1], 1.2 * shape[0] + 0.5), layout="constrained")
    figure.suptitle(title)
    grid = figure.subplots(*shape, squeeze=False)
    for axes, group, name in zip(grid.T if across else grid, groups, names, strict=True):
        axes[0].set_title(name, fontsize=9)
        for ax, image in zip(axes, group.cpu(), strict=True):
            ax.imshow(image[0], cmap="gray", interpolation="nearest")
            ax.axis("off")
    return figure
