"""Figures through pyplot, with images cut off at 0 and 1 and epochs in a title of the whole row."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure


def sweep_curves_figure(widths: Sequence[int], curves: Sequence[Sequence[float]]) -> Figure:
    figure, ax = plt.subplots()
    for i in range(len(widths)):
        epochs = [n + 1 for n in range(len(curves[i]))]
        ax.plot(epochs, curves[i], label=f"hidden_layer = {widths[i]}")
    plt.xlabel("Epoch")
    plt.ylabel("Loss")
    plt.title("Loss by width")
    plt.legend(loc="best")
    plt.close(figure)
    return figure


def sweep_images_figure(
    widths: Sequence[int], images: torch.Tensor, outputs: Sequence[torch.Tensor]
) -> Figure:
    rows, columns = len(images), len(widths) + 1
    figure = plt.figure(figsize=(columns, rows + 1))
    plt.suptitle("Input, then widths " + ", ".join(map(str, widths)))
    for i in range(rows):
        for j in range(columns):
            ax = figure.add_subplot(rows, columns, i * columns + j + 1)
            image = images[i] if j == 0 else outputs[j - 1][i]
            ax.imshow(image.squeeze(0).numpy().clip(0, 1), cmap="gray", vmin=0, vmax=1)
            ax.set_xticks([])
            ax.set_yticks([])
            ax.set_frame_on(False)
    plt.close(figure)
    return figure


def snapshots_figure(
    images: torch.Tensor, snapshots: Sequence[torch.Tensor], every: int = 5
) -> Figure:
    groups = [images, *snapshots]
    figure, axes = plt.subplots(len(groups), len(images), squeeze=False)
    figure.suptitle("Outputs during training")
    for i, group in enumerate(groups):
        for j in range(len(images)):
            axes[i][j].imshow(group[j, 0].clamp(0, 1), cmap="Greys_r", vmin=0.0, vmax=1.0)
            axes[i][j].axis("off")
            if i > 0:
                axes[i][j].set_title(str(every * i))
    plt.close(figure)
    return figure
