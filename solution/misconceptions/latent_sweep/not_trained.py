"""You return new networks; those that you trained are gone.

Hint: Which objects does train_fc change, and which do you return?
"""

from collections.abc import Sequence

from torch import nn
from torch.utils.data import DataLoader


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 0.001
) -> tuple[list[nn.Module], list[list[float]]]:
    models: list[nn.Module] = [Shallow(width) for width in widths]
    curves = [train_fc(Shallow(width), loader, epochs, lr)[0] for width in widths]
    return models, curves
