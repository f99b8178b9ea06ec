"""You let the windows lie side by side; each window of k x k pixels is asked for, also those that
overlap.

Hint: How many windows of 3 pixels are there in a row of 5?
"""

import torch
from torch import nn


def dense_scores(linear: nn.Linear, features: torch.Tensor) -> torch.Tensor:
    pixels = linear.in_features // features.shape[1]
    k = round(pixels**0.5)
    return linear_to_conv(linear, k)(features)[:, :, ::k, ::k]
