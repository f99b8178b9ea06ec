"""You found an image that turns into zeros, but its squares do not add up to 1.

Hint: A multiple of it turns into zeros, too.
"""

import numpy as np


def unseen_image(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    matrix = conv_matrix(kernel, shape, stride, padding)
    image = np.arange(1.0, matrix.shape[1] + 1)
    image -= np.linalg.pinv(matrix) @ (matrix @ image)
    if np.abs(image).max() < 1e-9:
        raise ValueError("this convolution turns no image into zeros")
    return image.reshape(shape)
