"""You set one limit at the median and counted right answers. The area does not depend on any limit.

Hint: How many pairs of an anomalous and a normal sample are there?
"""

import torch


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    return ((scores > scores.median()) == anomalous).float().mean().item()
