"""You change the image that came in; then it is transformed once more whenever it is drawn again.

Hint: What does a method whose name ends in an underscore do?
"""

import torch


def random_transform(image: torch.Tensor) -> torch.Tensor:
    return image.add_(0.1 * torch.randn_like(image)).clamp_(0, 1)
