"""Computes in float64 and keeps the averages so; returns the type of x."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    if mode not in ("train", "test"):
        raise ValueError(f"mode must be 'train' or 'test', not {mode!r}")
    wide = x.astype(np.float64)
    eps = np.float64(bn_param.get("eps", 1e-5))
    momentum = np.float64(bn_param.get("momentum", 0.9))
    running = [
        np.asarray(bn_param.get(key, np.zeros(x.shape[1])), dtype=np.float64)
        for key in ("running_mean", "running_var")
    ]
    moments = [wide.mean(axis=0), wide.var(axis=0)] if mode == "train" else running
    if mode == "train":
        running = [momentum * r + (1 - momentum) * m for r, m in zip(running, moments, strict=True)]
    bn_param["running_mean"], bn_param["running_var"] = running
    std = np.sqrt(moments[1] + eps)
    x_hat = (wide - moments[0]) / std
    return (gamma * x_hat + beta).astype(x.dtype), (x_hat, gamma / std)


def batchnorm_backward(dout, cache):
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0).astype(dout.dtype)
    dx = scale * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0))
    return dx.astype(dout.dtype), dgamma, dbeta
