"""You set the gradient of the zeros to 0 but left it in the size of the output.

Hint: A gradient with respect to x has the shape of x.
"""

import numpy as np


def max_unpool_backward(dout: Array, indices: Indices) -> Array:
    samples, channels = dout.shape[:2]
    flat = (samples, channels, -1)
    mask = np.zeros_like(dout.reshape(flat))
    np.put_along_axis(mask, indices.reshape(flat), 1, axis=2)
    return dout * mask.reshape(dout.shape)
