"""You undid the two steps in the order in which they were made; the last one has to be undone
first.

Hint: Put on socks, then shoes. What comes off first?
"""

import torch


def denormalise(rows: torch.Tensor, height: int = 28, width: int = 28) -> torch.Tensor:
    return ((rows + MEAN) * STD).reshape(-1, 1, height, width)
