"""You flattened the image column by column; x.ravel() goes row by row.

Hint: Which pixel stands second in x.ravel()?
"""

import numpy as np


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride, padding)
    columns = conv_size(shape[1], kernel.shape[1], stride, padding)
    matrix = np.zeros((rows, columns, shape[1], shape[0]))
    for i, j in np.ndindex(rows, columns):
        for (a, b), weight in np.ndenumerate(kernel):
            row, column = i * stride - padding + a, j * stride - padding + b
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                matrix[i, j, column, row] = weight
    return matrix.reshape(rows * columns, shape[0] * shape[1])
