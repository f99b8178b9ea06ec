"""You followed x through the mean but treated the variance as a constant.

Hint: Three paths lead from x to the output. Which of them does your formula not have?

Source: https://csclub.uwaterloo.ca/~n52jain/bn.html
"""

from typing import Any


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = scale * (dout - dout.mean(axis=0))
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
