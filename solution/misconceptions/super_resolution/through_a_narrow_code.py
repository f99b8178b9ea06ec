"""You sent the digits through a narrow code. There is nothing to leave out here: the small image is
all that is known, and the large one needs all of it.

Hint: How many numbers go in, and how many are left in the middle of your network?
"""

import torch
from torch import nn


class SuperResolver(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(196, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
            nn.Linear(10, 128),
            nn.ReLU(),
            nn.Linear(128, 784),
            nn.Unflatten(1, (1, 28, 28)),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
