"""Takes the parts along the constant vector and along x_hat off the gradient, feature by feature in
a loop.
"""

from typing import Any

import numpy as np


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = np.empty_like(dout)
    for feature in range(dout.shape[1]):
        g, h = dout[:, feature], x_hat[:, feature]
        dx[:, feature] = scale[feature] * (g - g.sum() / len(g) - h * np.dot(g, h) / len(g))
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
