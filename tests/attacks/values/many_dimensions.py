"""More dimensions than others can hold."""

import torch


def scale(x, factor):
    return (x * factor).reshape((1,) * 60 + x.shape)


def mean_rows(x):
    return x.mean(axis=1).reshape((1,) * 50 + (len(x),))


def softmax(t):
    return torch.softmax(t, dim=-1).reshape((1,) * 60 + tuple(t.shape))
