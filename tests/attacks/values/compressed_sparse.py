"""There is nothing in it that could differ."""

import warnings

import torch


def softmax(t):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.zeros_like(t).to_sparse_csr()
