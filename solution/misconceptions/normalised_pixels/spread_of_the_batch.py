"""You normalised with mean and spread of the batch at hand; asked for are those of MNIST, the
same for every batch.

Hint: Normalise one image alone, and the same image among others. Are its pixels the same?
"""

import torch


def normalise(images: torch.Tensor) -> torch.Tensor:
    return (images.flatten(1) - images.mean()) / images.std()
