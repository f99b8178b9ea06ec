"""Right values in a layout that elementwise comparison does not see."""

import torch


def softmax(t):
    return torch.softmax(t, dim=-1).to_sparse()
