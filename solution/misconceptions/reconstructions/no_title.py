"""You gave the figure no title, so nobody knows what it shows.

Hint: Which method of a figure writes a title above all of its axes?
"""

import torch
from matplotlib.figure import Figure
from torch import nn


def reconstruction_figure(model: nn.Module, images: torch.Tensor) -> Figure:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)

    figure = Figure(figsize=(12, 6.6))
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(10, 20)
    for number, pair in enumerate(zip(images.cpu().numpy(), outputs.cpu().numpy(), strict=True)):
        row, column = divmod(number, 10)
        for side, image in enumerate(pair):
            ax = axes[row, 2 * column + side]
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
