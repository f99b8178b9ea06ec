"""You returned the image itself, as if a transposed convolution undid a convolution.

Hint: Compute both steps for one image, and compare.
"""


def round_trip(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    return x.copy()
