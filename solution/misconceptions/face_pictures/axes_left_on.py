"""You left the axes on: ticks and frames stand between the faces.

Hint: Which method of an axes switches them off?
"""

from collections.abc import Mapping

import torch
from matplotlib.figure import Figure
from torch import nn


def recovered_figure(networks: Mapping[str, nn.Module], images: torch.Tensor) -> Figure:
    rows = {"faces": images}
    for name, network in networks.items():
        was_training = network.training
        network.eval()
        with torch.no_grad():
            rows[name] = network(images)
        network.train(was_training)
    figure = Figure(figsize=(1.1 + len(images), len(rows) + 0.5))
    figure.suptitle("Faces, and what networks recover of them")
    top, left = (1 - 0.4 / (len(rows) + 0.5), 1.1 / (1.1 + len(images)))
    figure.subplots_adjust(left, 0.01, 0.99, top, wspace=0.04, hspace=0.04)
    axes = figure.subplots(len(rows), len(images), squeeze=False)
    for line, (name, row) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, row, strict=True):
            ax.imshow(image.permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
        place = line[0].get_position()
        figure.text(0.9 * left, (place.y0 + place.y1) / 2, name, ha="right", va="center")
    return figure
