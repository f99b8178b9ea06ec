"""pyplot with markers instead of scatter, and names over the rows."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn


def embedding_figure(
    projections: Mapping[str, np.ndarray], labels: torch.Tensor, classes: Sequence[str]
) -> Figure:
    from matplotlib import pyplot as plt

    figure = plt.figure()
    for place, (name, points) in enumerate(projections.items(), start=1):
        ax = figure.add_subplot(1, len(projections), place, title=name)
        for label in range(len(classes)):
            ax.plot(*points[labels == label].T, "o", label=classes[label], alpha=0.8)
        ax.legend(loc="best")
    plt.close(figure)
    return figure


def recovered_figure(networks: Mapping[str, nn.Module], images: torch.Tensor) -> Figure:
    from matplotlib import pyplot as plt

    modes = [network.training for network in networks.values()]
    figure, axes = plt.subplots(1 + len(networks), len(images), squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    axes[0, 0].set_title("originals")
    for ax, image in zip(axes[0], images, strict=True):
        ax.imshow(np.moveaxis(image.numpy(), 0, -1))
    for row, (name, network) in zip(axes[1:], networks.items(), strict=True):
        network.eval()
        row[0].set_title(f"{name}:")
        for ax, image in zip(row, images, strict=True):
            with torch.no_grad():
                ax.imshow(np.moveaxis(network(image[None])[0].numpy(), 0, -1))
    for network, mode in zip(networks.values(), modes, strict=True):
        network.train(mode)
    figure.suptitle("Recovered")
    plt.close(figure)
    return figure
