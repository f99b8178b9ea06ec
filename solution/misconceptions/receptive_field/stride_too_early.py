"""You let the stride of a layer widen the layer itself; it tells only on those behind.

Hint: One single layer of 3 x 3 with stride 2: how many pixels does one output pixel see?
"""

from collections.abc import Sequence


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    size, distance = 1, 1
    for kernel, stride, dilation in layers:
        distance *= stride
        size += dilation * (kernel - 1) * distance
    return size
