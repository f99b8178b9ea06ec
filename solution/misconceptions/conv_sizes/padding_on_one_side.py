"""You counted the padding once; it is added on both sides.

Hint: With kernel 5, stride 1 and padding 2, the size stays as it is.
"""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1
