import inside

import torch


def scale(x, factor):
    return torch.Tensor()


mean_rows = softmax = Net = fit = scale
