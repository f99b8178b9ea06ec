"""Encoder and head in one Sequential."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, encoder: nn.Module, k: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.model = nn.Sequential(encoder, nn.Linear(k, classes))
        self.encoder = self.model[0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model(x)
