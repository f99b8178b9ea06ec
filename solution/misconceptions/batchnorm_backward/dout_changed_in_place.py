"""You scaled dout in place, so the caller's gradient has changed after the call.

Hint: Which of your statements assigns to dout, with = or with an operator such as *=?
"""

from typing import Any


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dout *= scale
    dx = dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
