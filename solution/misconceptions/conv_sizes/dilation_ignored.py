"""You left the dilation out: a kernel with holes covers more pixels than it has weights.

Hint: How many pixels lie from the first to the last weight of a kernel of 3 with dilation 2?
"""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (size + 2 * padding - kernel) // stride + 1
