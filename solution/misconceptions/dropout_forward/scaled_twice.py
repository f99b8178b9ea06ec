"""You scaled in training and once more in test mode; after the first there is nothing left to make
up for.

Hint: Compare the mean of your output in test mode with the mean of x.

Source: https://community.deeplearning.ai/t/week1-practical-aspects-of-deep-learning-quiz-q7/272601
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
        return x * (1 - p), None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")
