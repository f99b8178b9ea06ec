"""Draws the factors 0 and 1 / (1 - p) themselves."""

import numpy as np


def dropout_forward(x, dropout_param):
    p = float(dropout_param["p"])
    if dropout_param["mode"] == "train":
        rng = np.random.default_rng(dropout_param.get("seed"))
        factors = rng.choice(np.array([0, 1 / (1 - p)], dtype=x.dtype), size=x.shape, p=[p, 1 - p])
        return np.multiply(x, factors), factors
    if dropout_param["mode"] == "test":
        return np.array(x), None
    raise ValueError(f"mode {dropout_param['mode']}")
