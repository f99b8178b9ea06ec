"""Padding as a layer of its own before each convolution; the convolution itself then has none."""

from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ZeroPad2d(2),
            nn.Conv2d(1, q1, kernel_size=5, stride=2),
            nn.Mish(),
            nn.ZeroPad2d(2),
            nn.Conv2d(q1, q2, kernel_size=5, stride=2),
            nn.Flatten(),
            nn.Mish(),
            nn.Linear(q2 * 7 * 7, k),
        )

    def forward(self, x):
        return self.layers(x)
