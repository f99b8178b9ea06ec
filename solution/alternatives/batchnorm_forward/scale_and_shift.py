"""Folds everything into one factor and one summand for each feature; the mean is taken off first,
so large offsets do no harm.
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "test":
        mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
        var = bn_param.get("running_var", np.zeros(x.shape[1]))
        factor = gamma / np.sqrt(var + eps)
        return (factor * x + (beta - factor * mean)).astype(x.dtype), None
    if bn_param["mode"] != "train":
        raise ValueError("mode must be train or test")
    centred = x - np.average(x, axis=0)
    var = np.average(centred * centred, axis=0)
    new = {"running_mean": np.average(x, axis=0), "running_var": var}
    for key, value in new.items():
        old = bn_param.get(key, np.zeros_like(value))
        bn_param[key] = old + (1 - momentum) * (value - old)
    factor = gamma / np.sqrt(var + eps)
    return factor * centred + beta, (centred / np.sqrt(var + eps), factor)
