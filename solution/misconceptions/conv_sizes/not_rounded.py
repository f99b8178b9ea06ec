"""You divided without rounding; half a pixel is none, and a size is a whole number.

Hint: What type has 24 / 2 in Python, and what type has 24 // 2?
"""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
