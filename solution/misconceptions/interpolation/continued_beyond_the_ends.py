"""You continued the line through the last two pixels beyond the middle of the last one; there the
last pixel itself counts.

Hint: Can a weight be below 0 or above 1?
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    if size == 1:
        return np.ones((larger, 1))
    if align_corners:
        position = np.linspace(0, size - 1, larger)
    else:
        position = (np.arange(larger) + 0.5) / factor - 0.5
    before = np.clip(np.floor(position).astype(int), 0, size - 2)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += 1 - distance
    matrix[np.arange(larger), before + 1] += distance
    return matrix
