"""Each column is the convolution of an image with a single 1; the convolution adds slices."""

import numpy as np


def convolution(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    padded = np.pad(x, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.einsum("ijab,ab->ij", windows[::stride, ::stride], kernel)


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    units = np.eye(shape[0] * shape[1]).reshape(-1, *shape)
    return np.stack([convolution(unit, kernel, stride, padding).ravel() for unit in units], axis=1)
