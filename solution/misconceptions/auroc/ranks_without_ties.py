"""You ranked the scores, and samples with equal scores got different ranks, by
the order in which they came.

Hint: What comes out where all scores are equal, and what if you shuffle the samples?
"""

import torch


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    ranks = scores.argsort(stable=True).argsort() + 1
    count = int(anomalous.sum())
    won = ranks[anomalous].sum().item() - count * (count + 1) / 2
    return won / (count * (len(scores) - count))
