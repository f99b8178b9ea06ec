"""You let the kernel reach around to the other side of the image: a negative index counts from the
end in Python.

Hint: Which pixel is x[-1], and which should the kernel meet there?
"""

import numpy as np


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride, padding)
    columns = conv_size(shape[1], kernel.shape[1], stride, padding)
    matrix = np.zeros((rows, columns, *shape))
    for i, j in np.ndindex(rows, columns):
        for (a, b), weight in np.ndenumerate(kernel):
            row, column = i * stride - padding + a, j * stride - padding + b
            if row < shape[0] and column < shape[1]:
                matrix[i, j, row, column] = weight
    return matrix.reshape(rows * columns, shape[0] * shape[1])
