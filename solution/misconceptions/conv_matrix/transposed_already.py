"""You gave the transposed matrix: each column of yours belongs to one output, where each row
should.

Hint: With 9 pixels and 4 outputs, which shape must the matrix have?
"""

import numpy as np


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride, padding)
    columns = conv_size(shape[1], kernel.shape[1], stride, padding)
    matrix = np.zeros((*shape, rows, columns))
    for i, j in np.ndindex(rows, columns):
        for (a, b), weight in np.ndenumerate(kernel):
            row, column = i * stride - padding + a, j * stride - padding + b
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                matrix[row, column, i, j] = weight
    return matrix.reshape(shape[0] * shape[1], rows * columns)
