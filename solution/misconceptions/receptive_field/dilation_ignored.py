"""You left the dilations out.

Hint: How many pixels lie between the first and the last weight of a kernel of 3 with dilation 4?
"""

from collections.abc import Sequence


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    size, distance = 1, 1
    for kernel, stride, _dilation in layers:
        size += (kernel - 1) * distance
        distance *= stride
    return size
