"""The area below the curve itself, by trapezoids between different limits."""

import torch


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    area, hits, alarms = 0.0, 0.0, 0.0
    for limit in torch.unique(scores).flip(0):
        caught = (scores[anomalous] >= limit).double().mean().item()
        false = (scores[~anomalous] >= limit).double().mean().item()
        area += (false - alarms) * (caught + hits) / 2
        hits, alarms = caught, false
    return area
