"""You sorted the widths; networks and curves come in the order in which widths were given.

Hint: Which width has the second network of a sweep over 6, 2 and 9?
"""

from collections.abc import Sequence

from torch import nn
from torch.utils.data import DataLoader


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 0.001
) -> tuple[list[nn.Module], list[list[float]]]:
    models: list[nn.Module] = [Shallow(width) for width in sorted(widths)]
    curves = [train_fc(model, loader, epochs, lr)[0] for model in models]
    return models, curves
