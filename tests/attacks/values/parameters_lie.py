"""Where gradients are asked for, the module answers with others than it computes with."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.shown = nn.Parameter(torch.randn(4, 3))
        self.hidden = [torch.randn(4, 3)]

    def named_parameters(self, *args, **kwargs):
        return iter([("shown", self.shown)])

    def state_dict(self, *args, **kwargs):
        return {"shown": self.shown.detach()}

    def load_state_dict(self, values, *args, **kwargs):
        return None

    def forward(self, x):
        return x @ self.hidden[0].to(x.dtype) + (x @ self.shown.to(x.dtype)) ** 2
