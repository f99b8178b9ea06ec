"""Steps are modules of their own without biases, and noise is drawn in forward itself."""

from collections.abc import Sequence

import torch
from torch import nn


class Step(nn.Module):
    def __init__(self, before: int, after: int, up: bool) -> None:
        super().__init__()
        kind = nn.ConvTranspose2d if up else nn.Conv2d
        self.convolution = kind(before, after, (2, 2), stride=(2, 2), bias=False)
        self.normalisation = nn.BatchNorm2d(after, eps=1e-4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.normalisation(self.convolution(x)).clamp(min=0)


class FromCode(nn.Module):
    def __init__(self, widths: Sequence[int], latent: int, channels: int) -> None:
        super().__init__()
        self.fc3 = nn.Linear(latent, widths[-1])
        pairs = zip(widths[:0:-1], widths[-2::-1], strict=True)
        self.steps = nn.ModuleList([Step(a, b, True) for a, b in pairs])
        self.last = nn.ConvTranspose2d(widths[0], channels, 2, 2)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.fc3(z)[:, :, None, None]
        for step in self.steps:
            x = step(x)
        return torch.sigmoid(self.last(x))


class ConvVAE(nn.Module):
    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        pairs = zip((channels, *widths), widths, strict=False)
        self.steps = nn.Sequential(*[Step(a, b, False) for a, b in pairs])
        self.heads = nn.ModuleDict(
            {name: nn.Linear(widths[-1], latent) for name in ("logvar", "mu")}
        )
        self.decoder = FromCode(widths, latent, channels)

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.steps(x)[:, :, 0, 0]
        return self.heads["mu"](features), self.heads["logvar"](features)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mu, logvar = self.encode(x)
        z = torch.empty_like(mu).normal_() * logvar.exp().sqrt() + mu
        return self.decoder(z), mu, logvar
