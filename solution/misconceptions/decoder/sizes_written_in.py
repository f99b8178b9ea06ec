"""You wrote 32 and 10 into the layers where q1, q2 and k belong, so the decoder takes no codes of
another length.

Hint: Make Decoder(6, 9, 5) and give it codes of five numbers.
"""

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.fc = nn.Linear(10, 32 * 7 * 7)
        self.unflatten = nn.Unflatten(1, (32, 7, 7))
        self.deconv1 = nn.ConvTranspose2d(
            32, 32, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.deconv2 = nn.ConvTranspose2d(
            32, 1, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.activation = nn.ELU()
        self.to_pixels = nn.Sigmoid()

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.unflatten(self.activation(self.fc(z)))
        x = self.activation(self.deconv1(x))
        return self.to_pixels(self.deconv2(x))
