"""Batches of indices come from a BatchSampler over a sampler that permutes anew in each epoch."""

import torch
from torch.utils.data import DataLoader


class Permutation(torch.utils.data.Sampler):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __iter__(self):
        yield from torch.randperm(self.count).tolist()


def make_loaders(train, validation):
    batches = torch.utils.data.BatchSampler(Permutation(len(train)), 32, drop_last=False)
    return [DataLoader(train, batch_sampler=batches), DataLoader(validation, batch_size=100)]
