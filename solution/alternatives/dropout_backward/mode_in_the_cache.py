"""The cache holds the parameters and a mask of True and False; backward looks at the mode."""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        kept = random > p
        return (x * kept / (1 - p)).astype(x.dtype), (dropout_param.copy(), kept)
    if dropout_param["mode"] == "test":
        return x, (dropout_param.copy(), None)
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")


def dropout_backward(dout: Array, cache: Any) -> Array:
    param, kept = cache
    if param["mode"] == "test":
        return dout.copy()
    return np.where(kept, dout / (1 - param["p"]), 0).astype(dout.dtype)
