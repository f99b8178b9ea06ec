"""Both matrices in one sum over products; the gradient is the same sum the other way."""

import numpy as np


def bilinear_forward(x: Array, factor: int, align_corners: bool) -> Array:
    down = interpolation_matrix(x.shape[2], factor, align_corners)
    across = interpolation_matrix(x.shape[3], factor, align_corners)
    return np.einsum("ih,nchw,jw->ncij", down, x, across).astype(x.dtype)


def bilinear_backward(dout: Array, factor: int, align_corners: bool) -> Array:
    down = interpolation_matrix(dout.shape[2] // factor, factor, align_corners)
    across = interpolation_matrix(dout.shape[3] // factor, factor, align_corners)
    return np.einsum("ih,ncij,jw->nchw", down, dout, across).astype(dout.dtype)
