"""Colours are given as red, green and blue, and pyplot makes the figure."""

import numpy as np
import torch
from matplotlib.figure import Figure


def segmentation_figure(
    images: torch.Tensor, targets: torch.Tensor, predictions: torch.Tensor, classes: int
) -> Figure:
    from matplotlib import colormaps
    from matplotlib import pyplot as plt

    palette = np.array([colormaps["tab20"](i % 20)[:3] for i in range(classes)])
    figure, axes = plt.subplots(len(images), 3, squeeze=False)
    columns = {
        "Image": [image[0].numpy() for image in images],
        "Ground truth": [palette[labels] for labels in targets.numpy()],
        "Prediction of the network": [palette[labels] for labels in predictions.numpy()],
    }
    for j, (title, column) in enumerate(columns.items()):
        axes[0, j].set_title(title)
        for i, shown in enumerate(column):
            if j == 0:
                axes[i, j].imshow(shown, cmap="Greys_r", vmin=0.0, vmax=1.0)
            else:
                axes[i, j].imshow(shown)
            axes[i, j].set_axis_off()
    plt.close(figure)
    return figure
