"""You added the padding around the output; a transposed convolution cuts it off, since the
convolution has added it.

Hint: Does more padding make transposed_size larger or smaller?
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
        out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return np.pad(out, padding)
