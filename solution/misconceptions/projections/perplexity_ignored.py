"""You choose the perplexity by the number of faces alone, whatever is asked for.

Hint: Where does your function use its second argument?
"""

import numpy as np
import torch


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = (len(codes) - 1) / 3
    tsne = TSNE(n_components=2, perplexity=perplexity, random_state=seed)
    return tsne.fit_transform(codes.cpu().numpy())
