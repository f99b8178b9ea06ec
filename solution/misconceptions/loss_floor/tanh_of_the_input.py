"""You took Tanh of the pixels; what comes nearest to a pixel is another question.

Hint: For the pixel 0.5, what is the nearest number between -1 and 1, and what is Tanh of 0.5?
"""

import torch


def nearest_reachable(x: torch.Tensor) -> torch.Tensor:
    return torch.tanh(x)
