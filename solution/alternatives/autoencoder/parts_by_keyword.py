"""Sizes passed on by name, parts made in another order, forward step by step."""

from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, q1=32, q2=32, k=10):
        nn.Module.__init__(self)
        sizes = {"k": k, "q2": q2, "q1": q1}
        for name, part in (("decoder", Decoder), ("encoder", Encoder)):
            setattr(self, name, part(**sizes))

    def forward(self, images):
        code = self.encoder(images)
        return self.decoder(code)
