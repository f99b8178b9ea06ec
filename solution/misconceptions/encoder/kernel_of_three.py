"""You used 3 x 3 kernels with padding 1: the sizes come out right, but each convolution sees less
than the 5 x 5 pixels asked for.

Hint: Several kernels give 28, 14, 7. Compare yours with the table.
"""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, q1, kernel_size=3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(q1, q2, kernel_size=3, stride=2, padding=1)
        self.fc = nn.Linear(q2 * 7 * 7, k)
        self.activation = nn.ELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.activation(self.conv1(x))
        x = self.conv2(x).flatten(start_dim=1)
        return self.fc(self.activation(x))
