"""You multiplied the padding by the stride as well; the first kernel begins one padding before the
image, whatever the stride is.

Hint: Where does the kernel of output (0, 0) begin with stride 2 and padding 1?
"""

import numpy as np


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride, padding)
    columns = conv_size(shape[1], kernel.shape[1], stride, padding)
    matrix = np.zeros((rows, columns, *shape))
    for i, j in np.ndindex(rows, columns):
        for (a, b), weight in np.ndenumerate(kernel):
            row, column = (i - padding) * stride + a, (j - padding) * stride + b
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                matrix[i, j, row, column] = weight
    return matrix.reshape(rows * columns, shape[0] * shape[1])
