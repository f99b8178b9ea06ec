"""You averaged dgamma and dbeta over the batch; each sample adds its share, and dout holds the mean
already if the loss is one.

Hint: beta is added to every row. How much does the sum of all outputs change when beta moves by h?
"""

from typing import Any


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, scale = cache
    dbeta = dout.mean(axis=0)
    dgamma = (dout * x_hat).mean(axis=0)
    dx = scale * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0))
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta
