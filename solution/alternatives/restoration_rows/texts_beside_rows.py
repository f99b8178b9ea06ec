"""Names as texts of the figure, at the left of each row."""

from collections.abc import Mapping

import torch
from matplotlib.figure import Figure


def restoration_figure(rows: Mapping[str, torch.Tensor]) -> Figure:
    figure = Figure(figsize=(9, len(rows)))
    count = len(rows)
    for i, (name, images) in enumerate(rows.items()):
        for j, image in enumerate(images):
            ax = figure.add_subplot(count, len(images), i * len(images) + j + 1)
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="none")
            ax.axis("off")
        figure.text(0.01, 1 - (i + 0.5) / count, name)
    return figure
