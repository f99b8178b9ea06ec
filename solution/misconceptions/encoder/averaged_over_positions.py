"""You averaged each feature map over its pixels instead of flattening it; the linear layer then no
longer knows where in the image something was.

Hint: How many numbers does the linear layer get from one image, and how many does the table give
it?
"""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, q1, kernel_size=5, stride=2, padding=2)
        self.conv2 = nn.Conv2d(q1, q2, kernel_size=5, stride=2, padding=2)
        self.fc = nn.Linear(q2, k)
        self.activation = nn.ELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.activation(self.conv1(x))
        x = self.conv2(x).mean(dim=(2, 3))
        return self.fc(self.activation(x))
