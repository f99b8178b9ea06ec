"""You count the pairs in which the normal sample has the larger score.

Hint: Which of the two kinds should have large scores?
"""

import torch


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    gaps = scores[anomalous][:, None] - scores[~anomalous][None, :]
    larger, equal = ((gaps < 0).sum().item(), (gaps == 0).sum().item())
    return (larger + equal / 2) / gaps.numel()
