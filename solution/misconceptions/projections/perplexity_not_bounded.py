"""You passed the perplexity on as it is, and scikit-learn refuses it where there are few faces.

Hint: The homework has 20 faces. Which perplexities are allowed then?
"""

import numpy as np
import torch


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    from sklearn.manifold import TSNE

    tsne = TSNE(n_components=2, perplexity=perplexity, random_state=seed)
    return tsne.fit_transform(codes.cpu().numpy())
