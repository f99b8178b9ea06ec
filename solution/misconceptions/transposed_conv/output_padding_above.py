"""You added the output padding above and on the left; it stands below and on the right.

Hint: Where does pixel (0, 0) begin to write, with an output padding and without?
"""

import numpy as np


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    height = transposed_size(x.shape[0], kernel.shape[0], stride, 0, output_padding)
    width = transposed_size(x.shape[1], kernel.shape[1], stride, 0, output_padding)
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        top, left = i * stride + output_padding, j * stride + output_padding
        out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return out[padding : height - padding, padding : width - padding]
