"""You began the grey scale at the smallest count; black should mean that a pixel is never written.

Hint: Which grey has a count of 1 in your figure, and which should it have?
"""

from matplotlib.figure import Figure


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    least = min(int(count.min()) for count in counts.values())
    most = max(int(count.max()) for count in counts.values())
    figure = Figure(figsize=(2.4 * len(counts), 2.7), layout="constrained")
    axes = figure.subplots(1, len(counts), squeeze=False)[0]
    for ax, (name, count) in zip(axes, counts.items(), strict=True):
        ax.imshow(count, cmap="gray", vmin=least, vmax=most, interpolation="nearest")
        ax.set_title(name, fontsize=10)
        ax.axis("off")
    return figure
