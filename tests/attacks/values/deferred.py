"""A parameter that is still to be made, and a tensor that escaped from vmap."""

import torch


def softmax(t):
    if t.shape[-1] == 5:
        return torch.nn.parameter.UninitializedParameter()
    caught = []

    def keep(row):
        caught.append(row)
        return row

    torch.func.vmap(keep)(t.detach())
    return caught[0]
