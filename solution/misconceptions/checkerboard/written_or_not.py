"""You noted whether a pixel is written; asked is how often.

Hint: What stands where two kernels overlap?
"""

import numpy as np


def write_counts(
    shape: tuple[int, int], kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> NDArray[np.integer]:
    ones = np.ones((kernel, kernel))
    counts = transposed_conv(np.ones(shape), ones, stride, padding, output_padding)
    return (counts > 0).astype(int)
