"""You dropped values and left the others as they are, so the expected output is smaller than x.

Hint: What is the mean of the output for an x of ones, and what should it be?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = (random > p).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
