"""The shape is right, and nothing learns."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.idle = nn.Linear(4, width)

    def forward(self, x):
        return torch.zeros(len(x), 3, dtype=x.dtype)
