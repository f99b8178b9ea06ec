"""You aligned the corners in both conventions; what align_corners says makes no difference.

Hint: Print the positions for three pixels and factor 2, once with each convention.
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    position = np.linspace(0, size - 1, larger)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, size - 1)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += 1 - distance
    matrix[np.arange(larger), after] += distance
    return matrix
