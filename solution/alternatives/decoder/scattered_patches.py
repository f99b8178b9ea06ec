"""Transposed convolutions by hand: each input pixel writes a weighted kernel, and fold adds up
where they overlap.
"""

import torch
from torch import nn


class Scatter(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs, 5, 5) / (6 * inputs) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        side = 2 * x.shape[-1]
        kernels = torch.einsum("io,bin->bon", self.weight.flatten(1), x.flatten(2))
        return nn.functional.fold(kernels, side, 5, padding=2, stride=2) + self.bias[:, None, None]


class Decoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.fc = nn.Linear(k, q2 * 49)
        self.first, self.second = Scatter(q2, q1), Scatter(q1, 1)

    def forward(self, z):
        x = torch.tanh(self.fc(z)).unflatten(1, (-1, 7, 7))
        return torch.sigmoid(self.second(torch.tanh(self.first(x))))
