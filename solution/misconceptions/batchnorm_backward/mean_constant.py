"""You followed x through the variance but treated the mean as a constant.

Hint: Add up each column of dx. Shifting a whole column changes nothing in the output, so what
should the sum be?

Source: https://csclub.uwaterloo.ca/~n52jain/bn.html
"""

from typing import Any


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = scale * (dout - x_hat * (dout * x_hat).mean(axis=0))
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
