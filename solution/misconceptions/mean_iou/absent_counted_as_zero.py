"""You divided by the number of all classes, also of those that occur nowhere.

Hint: What should the truth itself get, if one class does not occur in it?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    shares = []
    for label in range(classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        if union > 0:
            shares.append((predicted & true).sum().item() / union)
    return sum(shares) / classes
