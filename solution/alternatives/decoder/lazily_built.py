"""Layers that find out their input sizes in the first call."""

from torch import nn


class Decoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__()
        shape = {"kernel_size": 5, "stride": 2, "padding": 2, "output_padding": 1}
        self.expand = nn.LazyLinear(q2 * 49)
        self.first = nn.LazyConvTranspose2d(q1, **shape)
        self.second = nn.LazyConvTranspose2d(1, **shape)

    def forward(self, z):
        x = nn.functional.gelu(self.expand(z)).unflatten(1, (-1, 7, 7))
        return self.second(nn.functional.gelu(self.first(x))).sigmoid()
