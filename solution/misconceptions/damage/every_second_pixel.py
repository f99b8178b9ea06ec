"""You kept one pixel of each block and dropped the others; a block becomes the mean of all its
pixels.

Hint: Does a change of any pixel of a block change your result?
"""

import torch


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    return images[..., ::factor, ::factor]
