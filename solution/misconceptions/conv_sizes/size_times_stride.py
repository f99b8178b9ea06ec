"""You took a transposed convolution to multiply the size by the stride; kernel and padding matter,
too.

Hint: Lecture 000 gets 13 from 7 without output padding. What do you get?
"""


def transposed_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    return size * stride
