"""PCA by an eigendecomposition, t-SNE exact and from a random start."""

import numpy as np
import torch


def project_pca(codes: torch.Tensor) -> np.ndarray:
    points = codes.numpy().astype(np.float64)
    points = points - points.mean(axis=0)
    _, directions = np.linalg.eigh(points.T @ points)
    return points @ directions[:, :-3:-1]


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    from sklearn.manifold import TSNE

    most = (codes.shape[0] - 1) / 3
    if perplexity > most:
        perplexity = most
    generator = np.random.RandomState(seed)
    tsne = TSNE(perplexity=perplexity, init="random", method="exact", random_state=generator)
    return tsne.fit_transform(codes.double().numpy())
