"""You compared each face with the mean code of each class; its nearest other face is asked for.

Hint: How many distances does one face have in your function?
"""

import torch


def separation(codes: torch.Tensor, labels: torch.Tensor) -> float:
    kinds = labels.unique()
    centres = torch.stack([codes[labels == kind].mean(dim=0) for kind in kinds])
    same = kinds[torch.cdist(codes, centres).argmin(dim=1)] == labels
    return same.double().mean().item()
