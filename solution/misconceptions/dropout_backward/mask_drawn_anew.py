"""You drew a new mask for the gradient; it has to be the one of the forward pass.

Hint: How does your backward function know which values the forward pass has dropped?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, p
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")


def dropout_backward(dout: Array, cache: Any) -> Array:
    if cache is None:
        return dout
    mask = (np.random.default_rng().random(dout.shape) > cache) / (1 - cache)
    return dout * mask.astype(dout.dtype)
