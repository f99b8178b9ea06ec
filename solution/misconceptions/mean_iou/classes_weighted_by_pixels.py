"""You added up all intersections and all unions before dividing, so large classes count more.

Hint: What comes first, the division or the mean?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    intersections, unions = 0, 0
    for label in range(classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        intersections += (predicted & true).sum().item()
        unions += union
    return intersections / unions
