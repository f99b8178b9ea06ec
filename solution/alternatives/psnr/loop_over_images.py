"""One image after the other, as a difference of logarithms."""

import torch
from torch import nn


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    ratios = []
    for output, target in zip(outputs, targets, strict=True):
        error = nn.functional.mse_loss(output, target)
        ratios.append(20 * torch.log10(torch.tensor(peak)) - 10 * torch.log10(error))
    return torch.stack(ratios)
