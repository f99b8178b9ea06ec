"""You gave each image a grey scale of its own, so that the same grey means different counts.

Hint: What do vmin and vmax become if you do not set them?
"""

from matplotlib.figure import Figure


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    figure = Figure(figsize=(2.4 * len(counts), 2.7), layout="constrained")
    axes = figure.subplots(1, len(counts), squeeze=False)[0]
    for ax, (name, count) in zip(axes, counts.items(), strict=True):
        ax.imshow(count, cmap="gray", interpolation="nearest")
        ax.set_title(name, fontsize=10)
        ax.axis("off")
    return figure
