"""You padded the maps with zeros, so scores stand where no whole window fits.

Hint: What is the first window that lies in the map with all its pixels?
"""

import torch
from torch import nn


def dense_scores(linear: nn.Linear, features: torch.Tensor) -> torch.Tensor:
    pixels = linear.in_features // features.shape[1]
    k = round(pixels**0.5)
    padded = nn.functional.pad(features, [k // 2] * 4)
    return linear_to_conv(linear, k)(padded)
