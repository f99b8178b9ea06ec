"""You gave the generator a seed of your own, so every call drops the same values; without a seed
from the caller each call draws anew.

Hint: What does default_rng do when it gets None?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed", 0)).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
