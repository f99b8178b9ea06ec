"""You counted the pixels that are right; where most are background, that says little.

Hint: What do you get for a prediction that is background everywhere?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    return (prediction == target).double().mean().item()
