"""You did not pass epochs on, so each network trains for 25.

Hint: How many losses has a curve for epochs=2?
"""

from collections.abc import Sequence

from torch import nn
from torch.utils.data import DataLoader


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 0.001
) -> tuple[list[nn.Module], list[list[float]]]:
    models: list[nn.Module] = [Shallow(width) for width in widths]
    curves = [train_fc(model, loader, lr=lr)[0] for model in models]
    return models, curves
