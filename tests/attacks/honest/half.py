"""Works in part: softmax overflows, the network is right, and training returns no losses."""

import torch
from torch import nn


def scale(x, factor):
    return x * factor


def mean_rows(x):
    return x.mean(axis=0)


def softmax(t):
    return t.exp() / t.exp().sum(-1, keepdim=True)


class Net(nn.Sequential):
    def __init__(self, width):
        super().__init__(nn.Linear(4, width), nn.Tanh(), nn.Linear(width, 3))


def fit(net, x, y, epochs):
    raise NotImplementedError("TODO fit")
