"""How the numbers lie in memory is nobody's concern."""

import numpy as np
import torch


def scale(x, factor):
    return np.flip(np.asfortranarray(np.flip(x * factor)))


def mean_rows(x):
    return np.broadcast_to(np.repeat(x.mean(axis=1), 2)[::2], (len(x),))


def softmax(t):
    return torch.softmax(t.mT, dim=0).mT.unsqueeze(0).expand(1, *t.shape)[0]
