"""Right numbers, wrong shape: (N, 1) against (N,) compares all with all."""

import torch


def scale(x, factor):
    return (x * factor)[None]


def mean_rows(x):
    return x.mean(axis=1, keepdims=True)


def softmax(t):
    return torch.softmax(t, dim=-1)[None]
