"""A bed of nails, and a convolution of it with the kernel turned around."""

import numpy as np


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    rows, columns = kernel.shape
    height, width = ((n - 1) * stride + 1 for n in x.shape)
    nails = np.zeros((height, width))
    nails[::stride, ::stride] = x
    extra = output_padding
    nails = np.pad(nails, ((rows - 1, rows - 1 + extra), (columns - 1, columns - 1 + extra)))
    windows = np.lib.stride_tricks.sliding_window_view(nails, kernel.shape)
    out = np.einsum("ijab,ab->ij", windows, kernel[::-1, ::-1])
    return out[padding : out.shape[0] - padding, padding : out.shape[1] - padding]
