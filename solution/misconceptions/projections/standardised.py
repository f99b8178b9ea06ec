"""You divided every number of the code by its spread before, so numbers that hardly vary count
as much as those that do.

Hint: PCA centres the codes by itself. What else did you do to them?
"""

import numpy as np
import torch


def project_pca(codes: torch.Tensor) -> np.ndarray:
    from sklearn.decomposition import PCA

    codes = (codes - codes.mean(dim=0)) / codes.std(dim=0)
    return PCA(n_components=2).fit_transform(codes.numpy())
