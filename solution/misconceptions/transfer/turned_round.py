"""You return the classifier from scratch first.

Hint: Which of both does the docstring name first?
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
    from_scratch = Classifier(Encoder(sizes, dropout), sizes[-1])
    for model in (pretrained, from_scratch):
        train_classifier(model, loader, epochs, lr)
    return from_scratch, pretrained
