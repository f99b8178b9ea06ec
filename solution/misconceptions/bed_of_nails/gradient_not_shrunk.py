"""You set the gradient of the zeros to 0 but left it in the size of the output.

Hint: A gradient with respect to x has the shape of x.
"""

import numpy as np


def nails_backward(dout: Array, factor: int) -> Array:
    dx = np.zeros_like(dout)
    dx[:, :, ::factor, ::factor] = dout[:, :, ::factor, ::factor]
    return dx
