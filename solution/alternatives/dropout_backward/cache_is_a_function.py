"""The forward pass returns the way back as its cache: a function."""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, lambda dout: dout * mask
    if dropout_param["mode"] == "test":
        return x, lambda dout: dout
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")


def dropout_backward(dout: Array, cache: Any) -> Array:
    return cache(dout)
