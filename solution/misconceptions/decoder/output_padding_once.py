"""You gave the output padding to one of the two transposed convolutions only; the image becomes 26
or 27 pixels wide.

Hint: Print the shape after each layer. Which one is the first that is not in the table?
"""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.fc = nn.Linear(k, q2 * 7 * 7)
        self.unflatten = nn.Unflatten(1, (q2, 7, 7))
        self.deconv1 = nn.ConvTranspose2d(q2, q1, kernel_size=5, stride=2, padding=2)
        self.deconv2 = nn.ConvTranspose2d(
            q1, 1, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.activation = nn.ELU()
        self.to_pixels = nn.Sigmoid()

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.unflatten(self.activation(self.fc(z)))
        x = self.activation(self.deconv1(x))
        return self.to_pixels(self.deconv2(x))
