"""Parameters of its own and functions; no layers."""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.q2 = q2
        self.w1, self.b1 = self.normal(q2 * 49, k, fan_in=k), nn.Parameter(torch.zeros(q2 * 49))
        self.w2, self.b2 = self.normal(q2, q1, 5, 5, fan_in=6 * q2), nn.Parameter(torch.zeros(q1))
        self.w3, self.b3 = self.normal(q1, 1, 5, 5, fan_in=6 * q1), nn.Parameter(torch.zeros(1))

    @staticmethod
    def normal(*shape, fan_in):
        return nn.Parameter(torch.randn(*shape) / fan_in**0.5)

    def forward(self, z):
        x = nn.functional.silu(nn.functional.linear(z, self.w1, self.b1)).view(-1, self.q2, 7, 7)
        x = nn.functional.conv_transpose2d(x, self.w2, self.b2, 2, 2, 1)
        x = nn.functional.conv_transpose2d(nn.functional.silu(x), self.w3, self.b3, 2, 2, 1)
        return x.sigmoid()
