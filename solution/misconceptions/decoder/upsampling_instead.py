"""You enlarged the feature maps first and convolved them afterwards; asked for are transposed
convolutions, which do both in one.

Hint: The shapes are right. Which layer of torch.nn replaces a pair of yours?
"""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.fc = nn.Linear(k, q2 * 7 * 7)
        self.unflatten = nn.Unflatten(1, (q2, 7, 7))
        self.enlarge = nn.Upsample(scale_factor=2)
        self.conv1 = nn.Conv2d(q2, q1, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(q1, 1, kernel_size=5, padding=2)
        self.activation = nn.ELU()

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.unflatten(self.activation(self.fc(z)))
        x = self.activation(self.conv1(self.enlarge(x)))
        return torch.sigmoid(self.conv2(self.enlarge(x)))
