"""The linear layer's outputs are read as 7 x 7 pixels of q2 channels, in this order: only the
numbering of its weights differs.
"""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.fc = nn.Linear(k, q2 * 7 * 7)
        self.unflatten = nn.Unflatten(1, (7, 7, q2))
        self.deconv1 = nn.ConvTranspose2d(
            q2, q1, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.deconv2 = nn.ConvTranspose2d(
            q1, 1, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.activation = nn.ELU()
        self.to_pixels = nn.Sigmoid()

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.unflatten(self.activation(self.fc(z))).movedim(3, 1)
        x = self.activation(self.deconv1(x))
        return self.to_pixels(self.deconv2(x))
