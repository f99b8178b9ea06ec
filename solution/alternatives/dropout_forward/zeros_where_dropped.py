"""Copies x, sets the dropped values to 0 and scales the others."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if mode == "test":
        return x, None
    if mode != "train":
        raise ValueError(mode)
    rng = np.random.default_rng(dropout_param.get("seed", None))
    dropped = rng.uniform(size=x.shape) < p
    out = x / (1 - p)
    out[dropped] = 0
    mask = np.where(dropped, 0, 1 / (1 - p)).astype(x.dtype)
    return out.astype(x.dtype), mask
