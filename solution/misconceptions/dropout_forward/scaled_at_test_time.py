"""You scaled the output in test mode instead of in training; inverted dropout does it the other way
round, so that test mode has nothing to do.

Hint: What does the docstring say the output is in test mode?

Source: https://community.deeplearning.ai/t/inverted-dropout/12940
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
        return x * (1 - p), None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
