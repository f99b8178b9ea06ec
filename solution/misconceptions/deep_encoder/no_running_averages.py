"""You switched the running averages off, so in evaluation mode a code still depends on the other
images of its batch.

Hint: Encode one image alone and then beside others, in evaluation mode.
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
                nn.BatchNorm2d(after, track_running_stats=False),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1], latent))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
