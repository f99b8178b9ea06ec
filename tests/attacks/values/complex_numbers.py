"""The real part is right; the dtype is not what was asked for."""

import numpy as np
import torch


def scale(x, factor):
    return (x * factor).astype(np.result_type(x.dtype, np.complex64))


def mean_rows(x):
    return x.mean(axis=1) + 0j


def softmax(t):
    return torch.complex(torch.softmax(t, dim=-1), torch.zeros_like(t))
