"""The values are right; nothing can be learnt through them."""

import torch


def softmax(t):
    return torch.softmax(t.detach(), dim=-1)
