"""You did not square the peak, while the errors are squared.

Hint: In which units are both parts of the fraction for images from 0 to 255?
"""

import torch


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).flatten(1).mean(dim=1)
    return 10 * torch.log10(peak / errors)
