"""A transposed convolution with output padding, and an unseen image by projection."""

import numpy as np


def conv_backward(
    dout: Array, kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    return transposed_conv(dout, kernel, stride, padding, stride)[: shape[0], : shape[1]]


def unseen_image(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    matrix = conv_matrix(kernel, shape, stride, padding)
    if np.linalg.matrix_rank(matrix) == matrix.shape[1]:
        raise ValueError("every image leaves a trace")
    image = np.random.default_rng(1).normal(size=matrix.shape[1])
    image -= np.linalg.lstsq(matrix, matrix @ image, rcond=None)[0]
    return (image / np.linalg.norm(image)).reshape(shape)
