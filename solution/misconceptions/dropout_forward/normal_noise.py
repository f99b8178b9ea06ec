"""You compared normally distributed numbers with p; only for numbers spread evenly over [0, 1] is p
the share that lies below.

Hint: Which share of the numbers from randn lies below 0.25?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).standard_normal(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
