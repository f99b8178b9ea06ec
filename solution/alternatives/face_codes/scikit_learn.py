"""Leave one out with a classifier of one neighbour."""

import numpy as np
import torch


def separation(codes: torch.Tensor, labels: torch.Tensor) -> float:
    from sklearn.model_selection import LeaveOneOut, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    nearest = KNeighborsClassifier(n_neighbors=1)
    scores = cross_val_score(nearest, codes.numpy(), labels.numpy(), cv=LeaveOneOut())
    return float(np.mean(scores))
