"""You used one matrix for rows and columns; that works for square images only.

Hint: Try an image of 2 by 3 pixels.
"""


def bilinear_forward(x: Array, factor: int, align_corners: bool) -> Array:
    matrix = interpolation_matrix(x.shape[2], factor, align_corners).astype(x.dtype)
    return matrix @ x @ matrix.T
