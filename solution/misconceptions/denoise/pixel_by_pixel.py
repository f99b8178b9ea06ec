"""You used convolutions of 1 x 1 only: each pixel is judged without its neighbours, and noise can
only be told from ink by what surrounds it.

Hint: Which pixels of the input does one pixel of your output depend on?
"""

import torch
from torch import nn


class Denoiser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 16, 1), nn.ReLU(), nn.Conv2d(16, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
