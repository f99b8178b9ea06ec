# Everything right, written in another style: functions and parameters instead of layers.
import math

import torch
import torch.nn.functional as F
from torch import nn


def weight(*shape, fan_in):
    return nn.Parameter(torch.empty(*shape).uniform_(-1, 1) / math.sqrt(fan_in))


class Encoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.w1, self.b1 = weight(q1, 1, 5, 5, fan_in=25), nn.Parameter(torch.zeros(q1))
        self.w2, self.b2 = weight(q2, q1, 5, 5, fan_in=25 * q1), nn.Parameter(torch.zeros(q2))
        self.w3, self.b3 = weight(k, q2 * 49, fan_in=49 * q2), nn.Parameter(torch.zeros(k))

    def forward(self, x):
        x = F.conv2d(x, self.w1, self.b1, stride=2, padding=2).tanh()
        x = F.conv2d(x, self.w2, self.b2, stride=2, padding=2).tanh()
        return torch.einsum("bi,ki->bk", x.reshape(x.size(0), -1), self.w3) + self.b3


class Decoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(k, q2 * 49),
            nn.Tanh(),
            nn.Unflatten(-1, (q2, 7, 7)),
            nn.ConvTranspose2d(q2, q1, 5, 2, 2, 1),
            nn.GELU(),
            nn.ConvTranspose2d(q1, 1, 5, 2, 2, 1),
        )

    def forward(self, code):
        return 0.5 * (torch.tanh(self.net(code)) + 1)


class AutoEncoder(nn.Sequential):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.add_module("encoder", Encoder(q1, q2, k))
        self.add_module("decoder", Decoder(q1, q2, k))
