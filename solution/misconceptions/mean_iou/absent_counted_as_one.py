"""You gave classes that occur nowhere a share of 1; they are left out.

Hint: How does your value change when classes are added that no pixel has?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    shares = []
    for label in range(classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        shares.append((predicted & true).sum().item() / union if union > 0 else 1.0)
    return sum(shares) / len(shares)
