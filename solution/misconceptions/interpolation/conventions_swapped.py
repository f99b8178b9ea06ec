"""You took each convention for the other: align_corners puts the middles of the corner pixels on
each other, and without it the edges lie on each other.

Hint: With align_corners, at which position does the last pixel of the larger row lie?
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    if not align_corners:
        position = np.linspace(0, size - 1, larger)
    else:
        position = np.clip((np.arange(larger) + 0.5) / factor - 0.5, 0, size - 1)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, size - 1)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += 1 - distance
    matrix[np.arange(larger), after] += distance
    return matrix
