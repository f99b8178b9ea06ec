"""You left out the names of the networks, so nobody can tell which row is which.

Hint: What are the keys of networks for?
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
    top, left = 1 - 0.4 / (len(rows) + 0.5), 1.1 / (1.1 + len(images))
    figure.subplots_adjust(left, 0.01, 0.99, top, wspace=0.04, hspace=0.04)
    axes = figure.subplots(len(rows), len(images), squeeze=False)
    for line, row in zip(axes, rows.values(), strict=True):
        for ax, image in zip(line, row, strict=True):
            ax.imshow(image.permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
            ax.axis("off")
    return figure
