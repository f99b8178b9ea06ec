"""You added a small number to the error, so an image without error has a finite ratio.

Hint: What does the docstring say of no error at all?
"""

import torch


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).flatten(1).mean(dim=1)
    return 10 * torch.log10(peak**2 / (errors + 1e-08))
