"""You did not pass the learning rate on.

Hint: Call your function with lr=0. Do the losses still fall?
"""

from collections.abc import Sequence

from torch import nn
from torch.utils.data import DataLoader


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 0.001
) -> tuple[list[nn.Module], list[list[float]]]:
    models: list[nn.Module] = [Shallow(width) for width in widths]
    curves = [train_fc(model, loader, epochs)[0] for model in models]
    return models, curves
