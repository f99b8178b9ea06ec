"""You put all images in one row.

Hint: How many axes has a row of the figure that is asked for?
"""

import torch
from matplotlib.figure import Figure


def segmentation_figure(
    images: torch.Tensor, targets: torch.Tensor, predictions: torch.Tensor, classes: int
) -> Figure:
    figure = Figure(figsize=(4.5, 1.5 * len(images) + 0.4), layout="constrained")
    axes = figure.subplots(1, 3 * len(images), squeeze=False).reshape(-1, 3)
    titles = ("image", "truth", "prediction")
    colours = {"cmap": "viridis", "vmin": 0, "vmax": classes - 1, "interpolation": "nearest"}
    greys = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}
    for row, (image, *maps) in enumerate(zip(images, targets, predictions, strict=True)):
        axes[row, 0].imshow(image[0].cpu().numpy(), **greys)
        for ax, labels in zip(axes[row, 1:], maps, strict=True):
            ax.imshow(labels.cpu().numpy(), **colours)
        for ax, title in zip(axes[row], titles, strict=True):
            ax.axis("off")
            if row == 0:
                ax.set_title(title)
    return figure
