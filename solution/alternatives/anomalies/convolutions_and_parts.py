"""Images go through in parts; the network is one of convolutions with a code of 16 numbers."""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    mode = model.training
    model.eval()
    errors = []
    with torch.inference_mode():
        for part in images.split(50):
            gap = nn.functional.mse_loss(model(part), part, reduction="none")
            errors += [one.mean().item() for one in gap]
    model.train(mode)
    return torch.tensor(errors)


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(784, 16),
            nn.Linear(16, 784),
            nn.ReLU(),
            nn.Unflatten(1, (16, 7, 7)),
            nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)
