"""A Sequential with named members: encoder and decoder are attributes, and forward is inherited."""

from collections import OrderedDict

from torch import nn


class AutoEncoder(nn.Sequential):
    def __init__(self, q1=32, q2=32, k=10):
        parts = [("encoder", Encoder(q1, q2, k)), ("decoder", Decoder(q1, q2, k))]
        super().__init__(OrderedDict(parts))
