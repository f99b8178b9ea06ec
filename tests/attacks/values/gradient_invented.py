"""A custom function whose backward has nothing to do with its forward."""

import torch


class Invented(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return torch.softmax(t, dim=-1)

    @staticmethod
    def backward(ctx, gradient):
        return torch.ones_like(gradient)


def softmax(t):
    return Invented.apply(t)
