"""You took p for the probability to keep a value, as some courses do; here it is the probability to
drop it.

Hint: With p = 0.25, which share of the output should be 0?

Source: CS231n's second assignment defines p in this way:
https://e-com-net.com/article/1295267236814069760.htm
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random < p) / p).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
