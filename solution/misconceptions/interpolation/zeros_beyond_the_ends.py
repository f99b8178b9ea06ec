"""You took pixels beyond the ends of the row for black: the outermost weights do not add up to 1.

Hint: Which pixel counts where there is only one neighbour?
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    if align_corners:
        position = np.linspace(0, size - 1, larger)
    else:
        position = (np.arange(larger) + 0.5) / factor - 0.5
    distance = np.abs(position[:, None] - np.arange(size))
    return np.maximum(1 - distance, 0)
