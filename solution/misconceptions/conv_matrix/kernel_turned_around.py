"""You turned the kernel around by 180 degrees, as mathematics does; here, as in PyTorch, it stays
as it is.

Hint: In the lecture's matrix, does the first row begin with 0, 1 or with 3, 2?
"""

import numpy as np


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride, padding)
    columns = conv_size(shape[1], kernel.shape[1], stride, padding)
    matrix = np.zeros((rows, columns, *shape))
    for i, j in np.ndindex(rows, columns):
        for (a, b), weight in np.ndenumerate(kernel[::-1, ::-1]):
            row, column = i * stride - padding + a, j * stride - padding + b
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                matrix[i, j, row, column] = weight
    return matrix.reshape(rows * columns, shape[0] * shape[1])
