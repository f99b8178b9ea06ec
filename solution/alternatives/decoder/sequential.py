"""One Sequential from code to pixels."""

from torch import nn


class Decoder(nn.Sequential):
    def __init__(self, q1=32, q2=32, k=10):
        options = {"stride": 2, "padding": 2, "output_padding": 1}
        super().__init__(
            nn.Linear(k, q2 * 49),
            nn.LeakyReLU(),
            nn.Unflatten(-1, (q2, 7, 7)),
            nn.ConvTranspose2d(q2, q1, 5, **options),
            nn.SELU(),
            nn.ConvTranspose2d(q1, 1, 5, **options),
            nn.Sigmoid(),
        )
