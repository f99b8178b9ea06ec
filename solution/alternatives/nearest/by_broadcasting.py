"""Blocks by broadcasting along new axes; the gradient adds slices."""

import numpy as np


def nearest_forward(x: Array, factor: int) -> Array:
    samples, channels, rows, columns = x.shape
    blocks = np.broadcast_to(
        x[:, :, :, None, :, None], (samples, channels, rows, factor, columns, factor)
    )
    return blocks.reshape(samples, channels, rows * factor, columns * factor)


def nearest_backward(dout: Array, factor: int) -> Array:
    return sum(dout[:, :, i::factor, j::factor] for i in range(factor) for j in range(factor))
