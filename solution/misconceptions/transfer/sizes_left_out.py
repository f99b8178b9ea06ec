"""You left the sizes out where you made the second encoder, so it has the default ones.

Hint: Are both encoders made with the same arguments?
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.utils.data import DataLoader


def with_and_without(
    images: torch.Tensor,
    loader: DataLoader,
    sizes: Sequence[int] = (784, 500, 100, 20),
    dropout: float = 0.5,
    pretraining_epochs: int = 10,
    epochs: int = 10,
    lr: float = 0.003,
) -> tuple[nn.Module, nn.Module]:
    encoder = Encoder(sizes, dropout)
    pretrain(encoder, Decoder(sizes, dropout), images, pretraining_epochs)
    pretrained = Classifier(encoder, sizes[-1])
    from_scratch = Classifier(Encoder(dropout=dropout), sizes[-1])
    for model in (pretrained, from_scratch):
        train_classifier(model, loader, epochs, lr)
    return (pretrained, from_scratch)
