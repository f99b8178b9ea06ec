"""You lost the factor 2 when differentiating the square in the variance, so that path has half its
weight.

Hint: What is the derivative of (x - mean)**2 with respect to x?
"""

from typing import Any


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = scale * (dout - dout.mean(axis=0) - 0.5 * x_hat * (dout * x_hat).mean(axis=0))
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
