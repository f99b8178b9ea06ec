"""One call of scatter with a colour for each point; names written beside the images."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn


def embedding_figure(
    projections: Mapping[str, np.ndarray], labels: torch.Tensor, classes: Sequence[str]
) -> Figure:
    figure = Figure(figsize=(9, 4))
    for place, (name, points) in enumerate(projections.items()):
        ax = figure.add_subplot(1, len(projections), place + 1)
        drawn = ax.scatter(points[:, 0], points[:, 1], c=labels.tolist(), cmap="viridis")
        handles, _ = drawn.legend_elements()
        ax.legend(handles, list(classes), title="expression")
        ax.set_title(name)
    return figure


def recovered_figure(networks: Mapping[str, nn.Module], images: torch.Tensor) -> Figure:
    figure = Figure(layout="tight")
    figure.suptitle("faces")
    grid = figure.add_gridspec(1 + len(networks), len(images))
    for row, name in enumerate(["original", *networks]):
        shown = images
        if name in networks:
            mode = networks[name].training
            with torch.no_grad():
                shown = networks[name].eval()(images)
            networks[name].train(mode)
        for column in range(len(images)):
            ax = figure.add_subplot(grid[row, column])
            ax.imshow((255 * shown[column]).round().byte().permute(1, 2, 0).numpy())
            ax.axis("off")
            if column == 0:
                ax.text(-0.1, 0.5, name, transform=ax.transAxes, ha="right", rotation=90)
    return figure
