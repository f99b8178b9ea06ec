"""Back through the graph of the forward pass, one step at a time, as on the lecture's slides."""

from typing import Any

import numpy as np


def batchnorm_forward(
    x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]
) -> tuple[Array, Any]:
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1], x.dtype))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1], x.dtype))

    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        cache = (x - mean, std, gamma.copy())
    elif bn_param["mode"] == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        cache = None
    else:
        raise ValueError(f"bn_param['mode'] is {bn_param['mode']!r}, not 'train' or 'test'")
    return (gamma * x_hat + beta).astype(x.dtype, copy=False), cache


def batchnorm_backward(dout, cache):
    centred, std, gamma = cache
    n = len(dout)
    dbeta = np.sum(dout, axis=0)
    dscaled = dout
    x_hat = centred / std
    dgamma = np.sum(dscaled * x_hat, axis=0)
    dx_hat = dscaled * gamma
    dinverse = np.sum(dx_hat * centred, axis=0)
    dcentred = dx_hat * (1 / std)
    dstd = -1 / std**2 * dinverse
    dvar = 0.5 / std * dstd
    dsquares = np.ones_like(dout) * dvar / n
    dcentred = dcentred + 2 * centred * dsquares
    dmean = -np.sum(dcentred, axis=0)
    dx = dcentred + np.ones_like(dout) * dmean / n
    return dx, dgamma, dbeta
