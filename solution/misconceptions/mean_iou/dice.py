"""You computed Dice's coefficient: twice the intersection, divided by the sum of both numbers of
pixels.

Hint: In your denominator, how often do pixels count that both have?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    shares = []
    for label in range(classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        if union > 0:
            both = (predicted & true).sum().item()
            shares.append(2 * both / (union + both))
    return sum(shares) / len(shares)
