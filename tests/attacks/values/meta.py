"""Operations on meta tensors check shapes only."""

import torch


def softmax(t):
    return torch.softmax(t.detach().to("meta"), dim=-1)
