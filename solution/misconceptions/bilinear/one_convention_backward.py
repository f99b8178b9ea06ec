"""Your gradient belongs to the convention without align_corners, whichever one went forward.

Hint: Check the gradient by central differences in both conventions.
"""


def bilinear_backward(dout: Array, factor: int, align_corners: bool) -> Array:
    down = interpolation_matrix(dout.shape[2] // factor, factor, False).astype(dout.dtype)
    across = interpolation_matrix(dout.shape[3] // factor, factor, False).astype(dout.dtype)
    return down.T @ dout @ across
