"""You drop values in test mode too; there the output is x.

Hint: Where does your code look at the mode?
"""

from typing import Any

import numpy as np


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    p = dropout_param["p"]
    if dropout_param["mode"] in ("train", "test"):
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, mask
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
