"""You decomposed the codes without taking off their mean, and the first direction points at it.

Hint: What is the mean of your points?
"""

import numpy as np
import torch


def project_pca(codes: torch.Tensor) -> np.ndarray:
    directions = np.linalg.svd(codes.numpy(), full_matrices=False)[2]
    return codes.numpy() @ directions[:2].T
