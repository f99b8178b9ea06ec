"""Sizes are followed from the output back, gradients go backward image by image."""

from collections.abc import Sequence

import torch
from torch import nn


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    if not layers:
        return 1
    *before, (kernel, _stride, dilation) = layers
    # What the layers before see of two neighbours lies as far apart as all their strides together.
    apart = 1
    for _, step, _ in before:
        apart = apart * step
    return receptive_field(before) + (kernel + (kernel - 1) * (dilation - 1) - 1) * apart


def influence(network: nn.Module, images: torch.Tensor, row: int, column: int) -> torch.Tensor:
    modes = {part: part.training for part in network.modules()}
    network.eval()
    seen = torch.zeros(images.shape[2:], dtype=torch.bool)
    for image in images:
        leaf = image[None].clone()
        leaf.requires_grad = True
        network(leaf)[0, :, row, column].abs().sum().backward()
        seen |= leaf.grad[0].abs().sum(dim=0) > 0
    for part, mode in modes.items():
        part.training = mode
    return seen


class Context(nn.Module):
    def __init__(self, channels: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding="same", dilation=d) for d in dilations
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for convolution in self.convolutions:
            x = convolution(x).clamp(min=0)
        return x


def context_module(channels: int, dilations: Sequence[int] = DILATIONS) -> nn.Module:
    return Context(channels, dilations)
