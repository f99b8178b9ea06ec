"""A right network, and losses in four kinds of numbers."""

import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, width), nn.Tanh(), nn.Linear(width, 3))

    def forward(self, x):
        return self.layers(x)


def train(net, x, y, epochs):
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            losses.append(nn.functional.cross_entropy(net(x), y).item())
    return losses


def fit(net, x, y, epochs):
    kinds = (torch.tensor, np.float32, float, lambda loss: np.array([loss]))
    return [kinds[n % 4](loss) for n, loss in enumerate(train(net, x, y, epochs))]
