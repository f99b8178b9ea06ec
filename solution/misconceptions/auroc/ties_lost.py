"""You count pairs with equal scores as lost; each counts one half.

Hint: What should come out where all scores are equal?
"""

import torch


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    gaps = scores[anomalous][:, None] - scores[~anomalous][None, :]
    larger, equal = ((gaps > 0).sum().item(), (gaps == 0).sum().item())
    return (larger + 0 * equal) / gaps.numel()
