"""You gave an image also where none turns into zeros: you took the direction with the smallest
singular value without looking whether that value is 0.

Hint: Try a kernel that is a single 1.
"""

import numpy as np


def unseen_image(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    _, _, directions = np.linalg.svd(conv_matrix(kernel, shape, stride, padding))
    return directions[-1].reshape(shape)
