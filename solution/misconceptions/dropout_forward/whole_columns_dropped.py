"""You decided once for each feature, so all samples lose the same ones; each value is decided by
itself.

Hint: Print the mask for a batch of three samples. Are its rows equal?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape[1:])
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, np.broadcast_to(mask, x.shape)
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
