"""You divided by the number of all pairs, those of two samples of one kind included.

Hint: How many pairs are there of 3 anomalous and 5 normal samples?
"""

import torch


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    gaps = scores[anomalous][:, None] - scores[~anomalous][None, :]
    larger, equal = ((gaps > 0).sum().item(), (gaps == 0).sum().item())
    return (larger + equal / 2) / (len(scores) * (len(scores) - 1) / 2)
