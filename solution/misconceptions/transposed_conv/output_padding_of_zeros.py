"""You filled the output padding with zeros; with padding, kernels have written there, and that was
cut off.

Hint: Output padding makes the output larger before the padding is cut off, not afterwards.
"""

import numpy as np


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    height = transposed_size(x.shape[0], kernel.shape[0], stride, 0)
    width = transposed_size(x.shape[1], kernel.shape[1], stride, 0)
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        top, left = i * stride, j * stride
        out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    out = out[padding : height - padding, padding : width - padding]
    return np.pad(out, ((0, output_padding), (0, output_padding)))
