"""Explicit loops over features and samples, and Python's own numbers."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    n, d = x.shape
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if "running_mean" not in bn_param:
        bn_param["running_mean"] = np.zeros(d, dtype=x.dtype)
    if "running_var" not in bn_param:
        bn_param["running_var"] = np.zeros(d, dtype=x.dtype)
    if bn_param["mode"] not in ("train", "test"):
        raise ValueError(f"unknown mode {bn_param['mode']!r}")
    training = bn_param["mode"] == "train"
    out, x_hat, scale = np.empty_like(x), np.empty_like(x), np.empty(d, dtype=x.dtype)
    for j in range(d):
        column = [float(value) for value in x[:, j]]
        if training:
            mean = sum(column) / n
            var = sum((value - mean) ** 2 for value in column) / n
            for key, new in (("running_mean", mean), ("running_var", var)):
                bn_param[key][j] = momentum * bn_param[key][j] + (1 - momentum) * new
        else:
            mean, var = bn_param["running_mean"][j], bn_param["running_var"][j]
        for i in range(n):
            x_hat[i, j] = (column[i] - mean) / (var + eps) ** 0.5
            out[i, j] = gamma[j] * x_hat[i, j] + beta[j]
        scale[j] = gamma[j] / (var + eps) ** 0.5
    return out, (x_hat, scale)
