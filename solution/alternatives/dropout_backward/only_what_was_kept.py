"""Keeps the indices of what stayed, and writes into zeros."""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, (np.nonzero(mask), 1 - p)
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")


def dropout_backward(dout: Array, cache: Any) -> Array:
    if cache is None:
        return dout
    places, keep = cache
    dx = np.zeros_like(dout)
    dx[places] = dout[places] / keep
    return dx
