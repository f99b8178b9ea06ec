"""You multiplied the whole kernel with the dilation; only its gaps grow.

Hint: Draw a kernel of 3 with dilation 2. How many pixels does it cover?
"""

from collections.abc import Sequence


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    size, distance = 1, 1
    for kernel, stride, dilation in layers:
        size += (dilation * kernel - 1) * distance
        distance *= stride
    return size
