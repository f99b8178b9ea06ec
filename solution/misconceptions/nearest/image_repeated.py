"""You repeated the whole image instead of each pixel.

Hint: np.tile and np.repeat differ: what does each make of 1, 2, 3?
"""

import numpy as np


def nearest_forward(x: Array, factor: int) -> Array:
    return np.tile(x, (1, 1, factor, factor))
