"""One Sequential, with the two activations as modules of their own and of different kinds."""

from torch import nn


class Encoder(nn.Sequential):
    def __init__(self, q1=32, q2=32, k=10):
        super().__init__(
            nn.Conv2d(1, q1, 5, 2, 2),
            nn.GELU(),
            nn.Conv2d(q1, q2, (5, 5), stride=(2, 2), padding=(2, 2)),
            nn.Flatten(),
            nn.Softplus(),
            nn.Linear(49 * q2, k),
        )
