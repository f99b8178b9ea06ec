"""You left out classes that the truth lacks, so it costs nothing to predict them.

Hint: A class occurs in the prediction alone. What is its union?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    shares = []
    for label in range(classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        if true.any():
            shares.append((predicted & true).sum().item() / union)
    return sum(shares) / len(shares)
