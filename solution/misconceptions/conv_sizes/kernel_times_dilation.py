"""You took a kernel to cover its size times the dilation; behind the last weight there is no hole.

Hint: Draw a kernel of 3 with dilation 2, and count.
"""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (size + 2 * padding - dilation * kernel) // stride + 1


def transposed_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    return (size - 1) * stride - 2 * padding + dilation * kernel + output_padding
