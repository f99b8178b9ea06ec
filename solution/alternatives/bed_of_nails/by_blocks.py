"""A block with one nail for every pixel, by a Kronecker product."""

import numpy as np


def nails_forward(x: Array, factor: int) -> Array:
    nail = np.zeros((1, 1, factor, factor), x.dtype)
    nail[..., 0, 0] = 1
    return np.kron(x, nail)


def nails_backward(dout: Array, factor: int) -> Array:
    samples, channels, rows, columns = dout.shape
    blocks = dout.reshape(samples, channels, rows // factor, factor, columns // factor, factor)
    return blocks[:, :, :, 0, :, 0]
