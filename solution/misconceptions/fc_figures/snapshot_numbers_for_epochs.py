"""You numbered the snapshots 1, 2, 3; what is asked for is the number of epochs.

Hint: After how many epochs was your first snapshot taken?
"""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure


def snapshots_figure(
    images: torch.Tensor, snapshots: Sequence[torch.Tensor], every: int = 5
) -> Figure:
    names = ["input", *(f"snapshot {n}" for n in range(1, len(snapshots) + 1))]
    return draw_grid("Outputs while training", [images, *snapshots], names, across=False)
