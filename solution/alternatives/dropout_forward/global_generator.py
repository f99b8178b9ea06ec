"""NumPy's global generator, seeded where the caller gives a seed."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) >= p) / (1 - p)
        out = x * mask
    elif mode == "test":
        out = x
    else:
        raise ValueError(f"{mode} is no mode")
    return out.astype(x.dtype, copy=False), mask


def dropout_backward(dout, cache):
    return dout if cache is None else (dout * cache).astype(dout.dtype)
