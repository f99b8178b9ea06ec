"""The classifier from scratch is trained first."""

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
    lr: float = 3e-3,
) -> tuple[nn.Module, nn.Module]:
    scratch = Classifier(Encoder(sizes, dropout), k=sizes[-1])
    train_classifier(scratch, loader, epochs=epochs, lr=lr)
    transferred = Classifier(Encoder(sizes, dropout), k=sizes[-1])
    pretrain(transferred.encoder, Decoder(sizes, dropout), images, epochs=pretraining_epochs)
    train_classifier(transferred, loader, epochs=epochs, lr=lr)
    return [transferred, scratch]
