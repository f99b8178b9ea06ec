"""You let pairs run across and steps down.

Hint: Which of both is a row?
"""

import torch
from matplotlib.figure import Figure
from torch import nn


def interpolation_figure(
    decoder: nn.Module, starts: torch.Tensor, ends: torch.Tensor, steps: int = 8
) -> Figure:
    weights = torch.linspace(0, 1, steps, device=starts.device, dtype=starts.dtype)[:, None]
    codes = starts[:, None] + weights * (ends - starts)[:, None]
    images = decode_all(decoder, codes.flatten(0, 1)).unflatten(0, codes.shape[:2])
    figure = Figure(figsize=(0.8 * steps, 0.8 * len(starts) + 0.5))
    figure.suptitle("Decoded on the straight line from one code to another")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.85, wspace=0.06, hspace=0.06)
    axes = figure.subplots(steps, len(starts), squeeze=False).T
    for row in range(len(starts)):
        for column in range(steps):
            ax, image = (axes[row, column], images[row, column, 0].cpu().numpy())
            ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
