"""Requires a gradient whatever it is given."""

import torch

one = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))


def softmax(t):
    return torch.softmax(t * one.to(t.dtype), dim=-1)
