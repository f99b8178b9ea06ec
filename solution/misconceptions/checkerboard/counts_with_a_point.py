"""You returned counts as floating-point numbers; how often is a whole number.

Hint: What dtype does your result have?
"""

import numpy as np


def write_counts(
    shape: tuple[int, int], kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> NDArray[np.integer]:
    ones = np.ones((kernel, kernel))
    return transposed_conv(np.ones(shape), ones, stride, padding, output_padding)
