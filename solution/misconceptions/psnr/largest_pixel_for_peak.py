"""You took the brightest pixel of each target for the peak.

Hint: Can an image be brighter than its brightest pixel is?
"""

import torch


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).flatten(1).mean(dim=1)
    return 10 * torch.log10(targets.flatten(1).amax(dim=1) ** 2 / errors)
