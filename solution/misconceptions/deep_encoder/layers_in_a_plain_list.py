"""You keep the layers in a plain Python list, where PyTorch does not find them: the encoder has no
parameters to train, to save or to move.

Hint: Print list(encoder.parameters()). Which kind of list does torch.nn offer for modules?
"""

from collections.abc import Sequence

import torch
from torch import nn


class DeepEncoder(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((channels, *widths), widths, strict=False):
            layers += [
                nn.Conv2d(before, after, kernel_size=2, stride=2),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        self.layers = [*layers, nn.Flatten(), nn.Linear(widths[-1], latent)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        return x
