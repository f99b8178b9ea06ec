"""One row of the matrix after the other, with plain Python numbers."""

import math

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    matrix = np.zeros((factor * size, size))
    for i in range(factor * size):
        if align_corners:
            at = i * (size - 1) / (factor * size - 1) if factor * size > 1 else 0.0
        else:
            at = min(max((i + 0.5) / factor - 0.5, 0), size - 1)
        j = min(math.floor(at), max(size - 2, 0))
        matrix[i, j] += 1 - (at - j)
        if j + 1 < size:
            matrix[i, j + 1] += at - j
    return matrix
