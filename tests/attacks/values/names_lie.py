"""What a check says about a parameter, it says by its name."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(4, 3)
        setattr(self, "w" * 1_000_000, nn.Parameter(torch.zeros(2)))

    def forward(self, x):
        return self.layer(x)
