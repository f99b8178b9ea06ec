"""You measured positions from the left edge of the first pixel where they are measured from its
middle: the halves are missing, and the whole image moves to one side.

Hint: Is the larger row of a symmetric row symmetric?
"""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    larger = factor * size
    if align_corners:
        position = np.linspace(0, size - 1, larger)
    else:
        position = np.clip(np.arange(larger) / factor, 0, size - 1)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, size - 1)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += 1 - distance
    matrix[np.arange(larger), after] += distance
    return matrix
