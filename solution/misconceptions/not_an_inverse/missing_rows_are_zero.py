"""You filled rows and columns that the transposed convolution lacks with zeros; with padding,
kernels do reach some of them.

Hint: With 8 rows, kernel 4, stride 3 and padding 2, which rows does the last kernel cover?
"""

import numpy as np


def conv_backward(
    dout: Array, kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    found = transposed_conv(dout, kernel, stride, padding)
    dx = np.zeros(shape)
    dx[: found.shape[0], : found.shape[1]] = found
    return dx
