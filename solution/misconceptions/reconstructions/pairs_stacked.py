"""You put each reconstruction below its input, in 20 rows of 10; asked for are 10 rows of 20, with
the reconstruction on the right.

Hint: What is the number of rows, and what is the number of columns, in your call of subplots?
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
    figure.suptitle("Inputs (odd columns) and their reconstructions (even columns)")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(20, 10)
    for number, pair in enumerate(zip(images.cpu().numpy(), outputs.cpu().numpy(), strict=True)):
        row, column = divmod(number, 10)
        for side, image in enumerate(pair):
            ax = axes[2 * row + side, column]
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
