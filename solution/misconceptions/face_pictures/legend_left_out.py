"""You named the classes but drew no legend, so nobody sees which colour is which.

Hint: What does label=... do by itself?
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure


def embedding_figure(
    projections: Mapping[str, np.ndarray], labels: torch.Tensor, classes: Sequence[str]
) -> Figure:
    figure = Figure(figsize=(4 * len(projections), 3.8), layout="constrained")
    axes = figure.subplots(1, len(projections), squeeze=False)[0]
    for ax, (name, points) in zip(axes, projections.items(), strict=True):
        for label, kind in enumerate(classes):
            chosen = points[labels.numpy() == label]
            ax.scatter(chosen[:, 0], chosen[:, 1], s=14, color=f"C{label}", label=kind)
        ax.set_title(name)
    return figure
