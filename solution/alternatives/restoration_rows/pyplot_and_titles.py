"""pyplot, and the names as titles of the first image of each row."""

from collections.abc import Mapping

import torch
from matplotlib.figure import Figure


def restoration_figure(rows: Mapping[str, torch.Tensor]) -> Figure:
    from matplotlib import pyplot as plt

    columns = len(next(iter(rows.values())))
    figure, axes = plt.subplots(len(rows), columns, squeeze=False)
    for i, name in enumerate(rows):
        for j in range(columns):
            image = rows[name][j].squeeze(0).clamp(0, 1)
            axes[i, j].imshow(image, cmap="gray", vmin=0.0, vmax=1.0)
            axes[i, j].set_axis_off()
        axes[i, 0].set_title(name.capitalize())
    plt.close(figure)
    return figure
