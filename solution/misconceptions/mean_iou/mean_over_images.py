"""You averaged over images; pixels of all images are counted together.

Hint: What happens to a class of which an image has a single pixel?
"""

import torch


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    means = []
    for p, t in zip(prediction, target, strict=True):
        shares = []
        for label in range(classes):
            predicted, true = p == label, t == label
            union = (predicted | true).sum().item()
            if union > 0:
                shares.append((predicted & true).sum().item() / union)
        means.append(sum(shares) / len(shares))
    return sum(means) / len(means)
