"""You ran the network in whatever mode it was in; in training mode dropout spoils the
reconstructions.

Hint: Draw the same figure twice of a network with dropout. What has to be called first to make both
alike?
"""

import torch
from matplotlib.figure import Figure
from torch import nn


def reconstruction_figure(model: nn.Module, images: torch.Tensor) -> Figure:
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))

    figure = Figure(figsize=(12, 6.6))
    figure.suptitle("Inputs (odd columns) and their reconstructions (even columns)")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(10, 20)
    for number, pair in enumerate(zip(images.cpu().numpy(), outputs.cpu().numpy(), strict=True)):
        row, column = divmod(number, 10)
        for side, image in enumerate(pair):
            ax = axes[row, 2 * column + side]
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
