"""You went back with the pseudo-inverse of the matrix; the exercise goes back by the transposed
convolution, which is another matrix.

Hint: Which two functions above make the trip?
"""

import numpy as np


def round_trip(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    matrix = conv_matrix(kernel, x.shape, stride, padding)
    return (np.linalg.pinv(matrix) @ matrix @ x.ravel()).reshape(x.shape)
