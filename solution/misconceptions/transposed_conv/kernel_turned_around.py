"""You turned the kernel around; every pixel writes the kernel as it is.

Hint: What does a single pixel of value 1 write?
"""

import numpy as np


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    height = transposed_size(x.shape[0], kernel.shape[0], stride, 0, output_padding)
    width = transposed_size(x.shape[1], kernel.shape[1], stride, 0, output_padding)
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        top, left = i * stride, j * stride
        area = out[top : top + kernel.shape[0], left : left + kernel.shape[1]]
        area += value * kernel[::-1, ::-1]
    return out[padding : height - padding, padding : width - padding]
