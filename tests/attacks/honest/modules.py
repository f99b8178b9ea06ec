"""Layers as attributes, plain gradient descent in mini-batches."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def scale(x, factor):
    return (np.asarray(x) * factor).astype(x.dtype)


def mean_rows(x):
    return np.sum(x, axis=1) / x.shape[1]


def softmax(t):
    shifted = t - t.max(dim=-1, keepdim=True).values
    e = torch.exp(shifted)
    return e / e.sum(dim=-1, keepdim=True)


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(4, width)
        self.second = nn.Linear(width, 3)

    def forward(self, x):
        return self.second(F.softplus(self.first(x)))


def fit(net, x, y, epochs):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
    criterion = nn.CrossEntropyLoss()
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), 30):
            optimizer.zero_grad()
            loss = criterion(net(x[start : start + 30]), y[start : start + 30])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            losses.append(float(criterion(net(x), y)))
    return losses
