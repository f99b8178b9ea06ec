"""You added the counts of rows and columns; a pixel is written once for each pair of a row and a
column, so they multiply.

Hint: A pixel that two rows and two columns reach is written how often?
"""

import numpy as np


def write_counts(
    shape: tuple[int, int], kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> NDArray[np.integer]:
    ones = np.ones((kernel, 1))
    rows, columns = (
        transposed_conv(np.ones((n, 1)), ones, stride, 0, output_padding)[:, 0] for n in shape
    )
    counts = (rows[:, None] + columns)[
        : len(rows) - output_padding, : len(columns) - output_padding
    ]
    counts = np.pad(counts, ((0, output_padding), (0, output_padding)))
    height, width = counts.shape
    return counts[padding : height - padding, padding : width - padding].round().astype(int)
