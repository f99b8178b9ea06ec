"""A mask of binomial draws from NumPy's legacy generator, which the caller's seed sets."""

import numpy as np


def dropout_forward(x, dropout_param):
    keep = 1 - dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x.copy(), np.ones_like(x)
    if dropout_param["mode"] != "train":
        raise ValueError("mode must be train or test")
    generator = np.random.RandomState(dropout_param.get("seed"))
    mask = generator.binomial(1, keep, x.shape).astype(x.dtype) / x.dtype.type(keep)
    return x * mask, mask
