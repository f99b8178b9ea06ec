"""The transposed convolution as what it is: the gradient of a convolution with respect to its
input.
"""

import torch
from torch import nn


class Backwards(nn.Module):
    def __init__(self, inputs, outputs, side):
        super().__init__()
        self.side = side
        self.weight = nn.Parameter(torch.randn(inputs, outputs, 5, 5) / (6 * inputs) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        size = (len(x), self.weight.shape[1], self.side, self.side)
        out = torch.nn.grad.conv2d_input(size, self.weight, x, stride=2, padding=2)
        return out + self.bias[:, None, None]


class Decoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.fc = nn.Linear(k, q2 * 49)
        self.first, self.second = Backwards(q2, q1, 14), Backwards(q1, 1, 28)

    def forward(self, z):
        x = nn.functional.elu(self.fc(z)).unflatten(1, (-1, 7, 7))
        return torch.sigmoid(self.second(nn.functional.elu(self.first(x))))
