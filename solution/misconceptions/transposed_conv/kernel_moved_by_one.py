"""You moved the kernel on by one pixel for each pixel of the input, whatever the stride is.

Hint: With stride 2, how far apart do two neighbouring pixels write?
"""

import numpy as np


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    height = transposed_size(x.shape[0], kernel.shape[0], stride, 0, output_padding)
    width = transposed_size(x.shape[1], kernel.shape[1], stride, 0, output_padding)
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        out[i : i + kernel.shape[0], j : j + kernel.shape[1]] += value * kernel
    return out[padding : height - padding, padding : width - padding]
