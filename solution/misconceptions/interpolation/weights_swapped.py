"""You gave the pixel that is far away the larger weight: the two weights are swapped.

Hint: At distance 0 from pixel j, what should pixel j count?
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    if align_corners:
        position = np.linspace(0, size - 1, larger)
    else:
        position = np.clip((np.arange(larger) + 0.5) / factor - 0.5, 0, size - 1)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, size - 1)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += distance
    matrix[np.arange(larger), after] += 1 - distance
    return matrix
