"""You moved the weights and left the bias behind.

Hint: What do both layers give for an input of zeros?
"""

import torch
from torch import nn


def linear_to_conv(linear: nn.Linear, kernel_size: int = 1) -> nn.Conv2d:
    channels = linear.in_features // kernel_size**2
    conv = nn.Conv2d(channels, linear.out_features, kernel_size, bias=False)
    conv = conv.to(linear.weight)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
    return conv
