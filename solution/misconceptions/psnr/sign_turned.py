"""You turned the fraction over, so better images have smaller numbers.

Hint: What happens to your ratio when the error becomes smaller?
"""

import torch


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).flatten(1).mean(dim=1)
    return 10 * torch.log10(errors / peak**2)
