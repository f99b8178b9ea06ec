"""You swapped rows and columns of the kernel.

Hint: Take a map of 2 x 2 pixels: which one is second in the flattened row?
"""

import torch
from torch import nn


def linear_to_conv(linear: nn.Linear, kernel_size: int = 1) -> nn.Conv2d:
    channels = linear.in_features // kernel_size**2
    conv = nn.Conv2d(channels, linear.out_features, kernel_size, bias=linear.bias is not None)
    conv = conv.to(linear.weight)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight).transpose(2, 3))
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv
