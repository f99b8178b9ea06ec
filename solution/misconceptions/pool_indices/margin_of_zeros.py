"""You filled the last windows up with zeros; rows and columns that fill no window are left out.

Hint: How many windows of 2 fit into five pixels?
"""

import numpy as np


def max_pool_forward(x: Array, size: int) -> tuple[Array, Indices]:
    samples, channels, rows, columns = x.shape
    down, across = -(-rows // size), -(-columns // size)
    margin = ((0, 0), (0, 0), (0, down * size - rows), (0, across * size - columns))
    whole = np.pad(x, margin)
    windows = whole.reshape(samples, channels, down, size, across, size).swapaxes(3, 4)
    windows = windows.reshape(samples, channels, down, across, size * size)
    best = windows.argmax(axis=4)
    row = np.arange(down)[:, None] * size + best // size
    column = np.arange(across) * size + best % size
    out = np.take_along_axis(windows, best[..., None], axis=4)[..., 0]
    return out, row * columns + column
