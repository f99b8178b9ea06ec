"""Such as torchvision's own tensors for images."""

import torch


class Scores(torch.Tensor):
    pass


def softmax(t):
    return torch.softmax(t, dim=-1).as_subclass(Scores)
