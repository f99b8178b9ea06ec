"""You gave t-SNE the two coordinates of PCA, and what they had lost it cannot find again.

Hint: How many numbers of each code does t-SNE get to see?
"""

import numpy as np
import torch


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(perplexity, (len(codes) - 1) / 3)
    tsne = TSNE(n_components=2, perplexity=perplexity, random_state=seed)
    return tsne.fit_transform(project_pca(codes))
