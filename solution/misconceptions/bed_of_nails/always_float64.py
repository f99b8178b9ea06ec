"""You put float32 values into an array of float64 zeros, so that the output is float64.

Hint: Which dtype has np.zeros when nobody says one?
"""

import numpy as np


def nails_forward(x: Array, factor: int) -> Array:
    samples, channels, rows, columns = x.shape
    out = np.zeros((samples, channels, factor * rows, factor * columns))
    out[:, :, ::factor, ::factor] = x
    return out
