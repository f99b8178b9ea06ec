"""Of several largest values you named the last place; the first one counts.

Hint: Which place does your function name in a window of equal values?
"""

import numpy as np


def max_pool_forward(x: Array, size: int) -> tuple[Array, Indices]:
    samples, channels, rows, columns = x.shape
    down, across = rows // size, columns // size
    whole = x[:, :, : down * size, : across * size]
    windows = whole.reshape(samples, channels, down, size, across, size).swapaxes(3, 4)
    windows = windows.reshape(samples, channels, down, across, size * size)
    best = size * size - 1 - windows[..., ::-1].argmax(axis=4)
    row = np.arange(down)[:, None] * size + best // size
    column = np.arange(across) * size + best % size
    out = np.take_along_axis(windows, best[..., None], axis=4)[..., 0]
    return out, row * columns + column
