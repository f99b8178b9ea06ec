"""You padded by 1 whatever the dilation, so maps shrink from layer to layer.

Hint: How far does a kernel of 3 with dilation 4 reach over the border?
"""

from collections.abc import Sequence

from torch import nn


def context_module(channels: int, dilations: Sequence[int] = DILATIONS) -> nn.Module:
    layers: list[nn.Module] = []
    for d in dilations:
        layers += [nn.Conv2d(channels, channels, 3, padding=1, dilation=d), nn.ReLU()]
    return nn.Sequential(*layers)
