"""You left the background out; it is a class like the others here.

Hint: Where does your loop over the classes begin?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    shares = []
    for label in range(1, classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        if union > 0:
            shares.append((predicted & true).sum().item() / union)
    return sum(shares) / max(len(shares), 1)
