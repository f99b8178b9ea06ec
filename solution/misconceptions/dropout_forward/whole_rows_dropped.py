"""You decided once for each row, so all values of a sample are dropped or kept together; each value
is decided by itself.

Hint: Which shape do your random numbers have, and which shape has x?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random((len(x), 1))
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, np.broadcast_to(mask, x.shape)
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
