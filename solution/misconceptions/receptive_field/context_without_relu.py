"""You left out the ReLU; convolutions without anything between them are one large convolution.

Hint: What stands behind each convolution in the docstring?
"""

from collections.abc import Sequence

from torch import nn


def context_module(channels: int, dilations: Sequence[int] = DILATIONS) -> nn.Module:
    layers: list[nn.Module] = []
    for d in dilations:
        layers += [nn.Conv2d(channels, channels, 3, padding=d, dilation=d)]
    return nn.Sequential(*layers)
