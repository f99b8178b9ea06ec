"""You ignored the seed, so two calls with the same one drop different values.

Hint: Which entries of dropout_param does your function read?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng().random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
