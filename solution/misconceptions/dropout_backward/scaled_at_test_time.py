"""You scaled the gradient in test mode, where the forward pass returned its input as it was.

Hint: By which factor did the output change with the input in test mode?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, 1 - p
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")


def dropout_backward(dout: Array, cache: Any) -> Array:
    return dout * cache
