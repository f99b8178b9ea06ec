"""You put the last snapshot on top of the others.

Hint: In which order does training go down your figure?
"""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure


def snapshots_figure(
    images: torch.Tensor, snapshots: Sequence[torch.Tensor], every: int = 5
) -> Figure:
    names = ["input", *(f"epoch {every * n}" for n in range(1, len(snapshots) + 1))]
    return draw_grid("Outputs while training", [images, *snapshots[::-1]], names, across=False)
