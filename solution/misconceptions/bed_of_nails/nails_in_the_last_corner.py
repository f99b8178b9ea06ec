"""You put each value into the lower right corner of its block; the lecture puts it into the upper
left one.

Hint: Where does the first pixel of the image stand in the output?
"""

import numpy as np


def nails_forward(x: Array, factor: int) -> Array:
    samples, channels, rows, columns = x.shape
    out = np.zeros((samples, channels, factor * rows, factor * columns), x.dtype)
    out[:, :, factor - 1 :: factor, factor - 1 :: factor] = x
    return out


def nails_backward(dout: Array, factor: int) -> Array:
    return dout[:, :, factor - 1 :: factor, factor - 1 :: factor].copy()
