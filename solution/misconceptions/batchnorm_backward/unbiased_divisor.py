"""You divided by n - 1 on the way back although the forward pass divides by n.

Hint: Which divisors does your forward pass have, and which your gradient?
"""

from typing import Any


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    n = len(dout) - 1
    dx = scale * (dout - dout.sum(axis=0) / n - x_hat * (dout * x_hat).sum(axis=0) / n)
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
