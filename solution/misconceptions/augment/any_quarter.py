"""You turn images by any number of quarters; then a 6 can become a 9.

Hint: By which angle may a digit be turned before somebody reads another one?
"""

import torch


def random_transform(image: torch.Tensor) -> torch.Tensor:
    return torch.rot90(image, int(torch.randint(4, (1,))), (1, 2))
