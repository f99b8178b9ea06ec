"""You gave an image of zeros; every convolution turns that into zeros. The one asked for has a
length of 1.

Hint: What do the squares of its pixels add up to?
"""

import numpy as np


def unseen_image(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    return np.zeros(shape)
