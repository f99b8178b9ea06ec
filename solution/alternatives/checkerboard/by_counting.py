"""Counts in a loop, evenness from counts, and a figure with brightness in [0, 1]."""

import numpy as np
from matplotlib.figure import Figure


def write_counts(
    shape: tuple[int, int], kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> NDArray[np.integer]:
    def along(size: int) -> NDArray[np.integer]:
        counts = np.zeros((size - 1) * stride + kernel + output_padding, dtype=np.int32)
        for start in range(0, size * stride, stride):
            counts[start : start + kernel] += 1
        return counts[padding : len(counts) - padding]

    return np.outer(along(shape[0]), along(shape[1]))


def is_even(kernel: int, stride: int) -> bool:
    counts = write_counts((4 * kernel, 1), kernel, stride)[:, 0]
    middle = counts[kernel * stride : 2 * kernel * stride]
    return np.all(middle == middle[0])


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    most = np.max([count.max() for count in counts.values()])
    figure = Figure(figsize=(8, 3))
    figure.suptitle("How often each pixel is written")
    for place, name in enumerate(counts, start=1):
        ax = figure.add_subplot(1, len(counts), place, xticks=[], yticks=[], frame_on=False)
        ax.imshow(counts[name] / most, cmap="Greys_r", vmin=0, vmax=1)
        ax.set_title(name, loc="left")
    return figure
