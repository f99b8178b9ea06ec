"""You took the gradient of one pixel of each block and left the others out.

Hint: How many pixels of the output change when one pixel of the input does?
"""


def nearest_backward(dout: Array, factor: int) -> Array:
    return dout[:, :, ::factor, ::factor].copy()
