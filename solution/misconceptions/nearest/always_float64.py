"""You turned float32 images into float64 by a product with an array of ones.

Hint: What is the dtype of np.ones, and of a product of float32 and float64?
"""

import numpy as np


def nearest_forward(x: Array, factor: int) -> Array:
    return np.kron(x, np.ones((1, 1, factor, factor)))
