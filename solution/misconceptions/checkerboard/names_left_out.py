"""You drew the images without their names, so that nobody can tell which kernel made which.

Hint: The keys of counts are the names; which method of an axes sets a title?
"""

from matplotlib.figure import Figure


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    most = max(int(count.max()) for count in counts.values())
    figure = Figure(figsize=(2.4 * len(counts), 2.7), layout="constrained")
    axes = figure.subplots(1, len(counts), squeeze=False)[0]
    for ax, count in zip(axes, counts.values(), strict=True):
        ax.imshow(count, cmap="gray", vmin=0, vmax=most, interpolation="nearest")
        ax.axis("off")
    return figure
