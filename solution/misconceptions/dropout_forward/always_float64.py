"""You made a mask of float64, and it turns a float32 input into a float64 output.

Hint: Which dtype has the result of dividing an array of True and False by a number?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = (random > p) / (1 - p)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
