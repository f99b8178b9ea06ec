"""You divided the way by the number of pixels instead of the number of steps between them: the last
pixel does not arrive at the last one.

Hint: From the first of six pixels to the last, how many steps are there?
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    if align_corners:
        position = np.arange(larger) * (size - 1) / larger
    else:
        position = np.clip((np.arange(larger) + 0.5) / factor - 0.5, 0, size - 1)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, size - 1)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += 1 - distance
    matrix[np.arange(larger), after] += distance
    return matrix
