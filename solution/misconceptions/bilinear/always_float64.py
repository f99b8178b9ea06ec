"""You turned float32 images into float64 by a product with float64 matrices.

Hint: What is the dtype of a product of float32 and float64?
"""


def bilinear_forward(x: Array, factor: int, align_corners: bool) -> Array:
    down = interpolation_matrix(x.shape[2], factor, align_corners)
    across = interpolation_matrix(x.shape[3], factor, align_corners)
    return down @ x @ across.T
