"""You took one mean over all images; each image has a ratio of its own.

Hint: Over which dimensions does the mean go?
"""

import torch


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).mean().expand(len(outputs))
    return 10 * torch.log10(peak**2 / errors)
