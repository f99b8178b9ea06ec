"""Layers that find out their input sizes in the first call."""

from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.first = nn.LazyConv2d(q1, 5, stride=2, padding=2)
        self.second = nn.LazyConv2d(q2, 5, stride=2, padding=2)
        self.code = nn.LazyLinear(k)

    def forward(self, x):
        x = nn.functional.elu(self.first(x))
        x = nn.functional.elu(self.second(x))
        return self.code(x.reshape(len(x), -1))
