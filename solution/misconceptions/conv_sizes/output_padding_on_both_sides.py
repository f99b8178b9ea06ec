"""You added the output padding twice; it stands on one side only.

Hint: 7 becomes 13 without it, and 14 with an output padding of 1.
"""


def transposed_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 2 * output_padding + 1
