"""No data at all, and sizes whose product does not fit into 64 bits."""

import numpy as np
import torch


def scale(x, factor):
    return np.empty((2**31, 2**31, 0))


def mean_rows(x):
    return np.empty((0, 2**60))


def softmax(t):
    return torch.empty(2**30, 0, 2**30, dtype=t.dtype)
