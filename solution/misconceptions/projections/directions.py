"""You returned the directions; what is asked for are the coordinates of each code along them.

Hint: How many rows has your result, and how many faces are there?
"""

import numpy as np
import torch


def project_pca(codes: torch.Tensor) -> np.ndarray:
    from sklearn.decomposition import PCA

    return PCA(n_components=2).fit(codes.cpu().numpy()).components_.T
