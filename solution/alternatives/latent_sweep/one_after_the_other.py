"""A loop that makes and trains one network after the other."""

from collections.abc import Sequence

from torch import nn
from torch.utils.data import DataLoader


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 1e-3
) -> tuple[list[nn.Module], list[list[float]]]:
    models, curves = [], []
    for width in widths:
        model = Shallow(hidden=width)
        losses, _ = train_fc(model, loader, epochs=epochs, lr=lr)
        models.append(model)
        curves.append(losses)
    return tuple(models), tuple(curves)
