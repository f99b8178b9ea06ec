"""You turned the kernel around; what deep learning calls a convolution does not do that.

Hint: Which weight meets the first pixel of a map, in the linear layer and in conv2d?
"""

import torch
from torch import nn


def linear_to_conv(linear: nn.Linear, kernel_size: int = 1) -> nn.Conv2d:
    channels = linear.in_features // kernel_size**2
    conv = nn.Conv2d(channels, linear.out_features, kernel_size, bias=linear.bias is not None)
    conv = conv.to(linear.weight)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight).flip(2, 3))
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv
