"""You counted without padding and output padding, so that the borders are wrong.

Hint: What size does transposed_size say, and what size has your array?
"""

import numpy as np


def write_counts(
    shape: tuple[int, int], kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> NDArray[np.integer]:
    counts = transposed_conv(np.ones(shape), np.ones((kernel, kernel)), stride)
    return counts.round().astype(int)
