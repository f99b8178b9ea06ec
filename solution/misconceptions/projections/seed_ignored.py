"""You did not hand on the seed, so each call gives another picture.

Hint: Which argument of TSNE makes it draw the same random numbers again?
"""

import numpy as np
import torch


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(perplexity, (len(codes) - 1) / 3)
    tsne = TSNE(n_components=2, perplexity=perplexity, init="random")
    return tsne.fit_transform(codes.cpu().numpy())
