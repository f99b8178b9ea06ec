"""You multiplied each value by the size of its block to keep the mean brightness; a bed of nails
leaves values as they are.

Hint: Compare with the lecture's image of 1, 2, 3 and 4.
"""

import numpy as np


def nails_forward(x: Array, factor: int) -> Array:
    samples, channels, rows, columns = x.shape
    out = np.zeros((samples, channels, factor * rows, factor * columns), x.dtype)
    out[:, :, ::factor, ::factor] = factor**2 * x
    return out


def nails_backward(dout: Array, factor: int) -> Array:
    return factor**2 * dout[:, :, ::factor, ::factor]
