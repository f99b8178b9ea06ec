"""You interpolate with aligned corners whatever align_corners says.

Hint: Where does the argument align_corners go?
"""


def bilinear_forward(x: Array, factor: int, align_corners: bool) -> Array:
    down = interpolation_matrix(x.shape[2], factor, True).astype(x.dtype)
    across = interpolation_matrix(x.shape[3], factor, True).astype(x.dtype)
    return down @ x @ across.T
