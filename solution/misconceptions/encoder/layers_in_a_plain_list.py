"""You keep the layers in a plain Python list, where PyTorch does not find them: the encoder has no
parameters to train, to save or to move.

Hint: Print list(encoder.parameters()). Which kind of list does torch.nn offer for modules?

Source: https://www.engineermaxxing.com/micro/lessons/pytorch-internals.html
"""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.layers = [
            nn.Conv2d(1, q1, kernel_size=5, stride=2, padding=2),
            nn.ELU(),
            nn.Conv2d(q1, q2, kernel_size=5, stride=2, padding=2),
            nn.Flatten(),
            nn.ELU(),
            nn.Linear(q2 * 7 * 7, k),
        ]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        return x
