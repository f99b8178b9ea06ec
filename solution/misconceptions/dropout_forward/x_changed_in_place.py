"""You set the dropped values in x itself to 0, so the caller's array has changed after the call.

Hint: Which array do your square brackets or your *= write into?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        x *= mask
        return x, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
