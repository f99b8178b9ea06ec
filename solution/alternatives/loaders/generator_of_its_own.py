"""The training loader has a generator of its own: reproducible from run to run, and another order
in each epoch, since the generator runs on.
"""

import torch
from torch.utils.data import DataLoader


def make_loaders(train, validation):
    generator = torch.Generator()
    generator.manual_seed(42)
    train_loader = DataLoader(train, batch_size=32, shuffle=True, generator=generator)
    validation_loader = DataLoader(validation, batch_size=100, drop_last=False)
    return train_loader, validation_loader
