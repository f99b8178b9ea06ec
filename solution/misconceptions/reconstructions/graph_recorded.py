"""You let PyTorch record a graph for gradients while computing images that are only looked at.

Hint: Did you need detach() to turn the outputs into arrays? What does that say about how they were
computed?
"""

import torch
from matplotlib.figure import Figure
from torch import nn


def reconstruction_figure(model: nn.Module, images: torch.Tensor) -> Figure:
    was_training = model.training
    model.eval()
    outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)

    figure = Figure(figsize=(12, 6.6))
    figure.suptitle("Inputs (odd columns) and their reconstructions (even columns)")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.92, wspace=0.06, hspace=0.06)
    axes = figure.subplots(10, 20)
    for number, pair in enumerate(
        zip(images.cpu().numpy(), outputs.detach().cpu().numpy(), strict=True)
    ):
        row, column = divmod(number, 10)
        for side, image in enumerate(pair):
            ax = axes[row, 2 * column + side]
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
