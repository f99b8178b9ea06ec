"""Your indices count within each window; they should count within the channel.

Hint: The 16 in the lecture's 4 by 4 image is pixel number 15. Which number do you give it?
"""

import numpy as np


def max_pool_forward(x: Array, size: int) -> tuple[Array, Indices]:
    samples, channels, rows, columns = x.shape
    down, across = rows // size, columns // size
    whole = x[:, :, : down * size, : across * size]
    windows = whole.reshape(samples, channels, down, size, across, size).swapaxes(3, 4)
    windows = windows.reshape(samples, channels, down, across, size * size)
    best = windows.argmax(axis=4)
    return np.take_along_axis(windows, best[..., None], axis=4)[..., 0], best
