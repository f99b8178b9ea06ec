"""Leaves eps out of the root in test mode, as the lecture's slide does; einsum for the variance;
averages updated in place.
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    for key in ("running_mean", "running_var"):
        bn_param.setdefault(key, np.zeros(x.shape[1], dtype=x.dtype))
    match bn_param["mode"]:
        case "train":
            mean = np.einsum("nd->d", x) / len(x)
            centred = x - mean
            var = np.einsum("nd,nd->d", centred, centred) / len(x)
            for key, new in (("running_mean", mean), ("running_var", var)):
                bn_param[key] *= momentum
                bn_param[key] += (1 - momentum) * new
            inverse = (var + eps) ** -0.5
            x_hat = centred * inverse
            return x_hat * gamma + beta, (x_hat, gamma * inverse)
        case "test":
            out = gamma * (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"]) + beta
            return out, None
        case other:
            raise ValueError(other)
