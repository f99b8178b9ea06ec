"""You normalise with the means of the batch in evaluation mode as well, so an image by itself comes
out otherwise than among others.

Hint: Which option of BatchNorm2d takes its running averages away?
"""

import torch
from torch import nn


class SuperResolver(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 24, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(24, 24, kernel_size=3, padding=1),
            nn.BatchNorm2d(24, track_running_stats=False),
            nn.ReLU(),
            nn.ConvTranspose2d(24, 1, kernel_size=4, stride=2, padding=1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
