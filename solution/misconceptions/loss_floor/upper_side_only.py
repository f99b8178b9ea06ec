"""You cut off what is above 1, and not what is below -1.

Hint: Which outputs does Tanh give for large negative numbers?
"""

import torch


def nearest_reachable(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(max=1)
