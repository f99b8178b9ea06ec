"""A colour map with as many colours as classes, and limits around whole numbers."""

import torch
from matplotlib.figure import Figure


def segmentation_figure(
    images: torch.Tensor, targets: torch.Tensor, predictions: torch.Tensor, classes: int
) -> Figure:
    figure = Figure(figsize=(6, 2 * len(images)))
    figure.suptitle("What a U-Net makes of digits")
    for i in range(len(images)):
        for j, (name, values) in enumerate(
            (("the image", images[:, 0]), ("the truth", targets), ("its prediction", predictions))
        ):
            ax = figure.add_subplot(len(images), 3, 3 * i + j + 1)
            if j:
                ax.imshow(values[i], cmap="tab10", vmin=-0.5, vmax=max(classes, 10) - 0.5)
            else:
                ax.imshow(values[i], cmap="gray", clim=(0, 1), interpolation="none")
            ax.set(xticks=[], yticks=[], title=name)
            ax.set_frame_on(False)
    return figure
