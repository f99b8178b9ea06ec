"""You let each face be its own neighbour, so every one of them has a neighbour with its label.

Hint: Which number stands on the diagonal of the distances?
"""

import torch


def separation(codes: torch.Tensor, labels: torch.Tensor) -> float:
    distances = torch.cdist(codes, codes)
    same = labels[distances.argmin(dim=1)] == labels
    return same.double().mean().item()
