"""Convolutions as sums over patches: unfold and einsum in place of conv2d."""

import torch
from torch import nn


class Convolution(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 5, 5) / (25 * inputs) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        side = (x.shape[-1] + 1) // 2
        patches = nn.functional.unfold(x, 5, padding=2, stride=2)
        out = torch.einsum("op,bpn->bon", self.weight.flatten(1), patches)
        return (out + self.bias[:, None]).unflatten(2, (side, side))


class Encoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.convolutions = nn.ModuleList([Convolution(1, q1), Convolution(q1, q2)])
        self.out = nn.Linear(q2 * 49, k)

    def forward(self, x):
        for convolution in self.convolutions:
            x = torch.tanh(convolution(x))
        return self.out(x.flatten(1))
