"""You took the natural logarithm; decibels are counted with that to base 10.

Hint: torch.log(100) is 4.6.
"""

import torch


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).flatten(1).mean(dim=1)
    return 10 * torch.log(peak**2 / errors)
