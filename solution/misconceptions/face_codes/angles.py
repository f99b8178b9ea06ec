"""You took the neighbour by the angle between codes; the Euclidean distance is asked for.

Hint: Which distance have a code and twice that code?
"""

import torch
from torch import nn


def separation(codes: torch.Tensor, labels: torch.Tensor) -> float:
    distances = 1 - nn.functional.cosine_similarity(codes[:, None], codes[None], dim=2)
    distances.fill_diagonal_(torch.inf)
    same = labels[distances.argmin(dim=1)] == labels
    return same.double().mean().item()
