"""You divided by the square of the standard deviation, the variance.

Hint: Over all of MNIST, which spread do your pixels have then?
"""

import torch


def normalise(images: torch.Tensor) -> torch.Tensor:
    return (images.flatten(1) - MEAN) / STD**2
