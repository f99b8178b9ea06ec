"""Samplers instead of the argument shuffle: DataLoader makes the same ones itself."""

from torch.utils.data import DataLoader, RandomSampler, SequentialSampler


def make_loaders(train, validation):
    return (
        DataLoader(train, 32, sampler=RandomSampler(train)),
        DataLoader(validation, 100, sampler=SequentialSampler(validation)),
    )
