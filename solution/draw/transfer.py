"""Pictures of the unit transfer: transformed digits, and what pre-training gains."""

from pathlib import Path

import mnist
import torch
import transfer
from matplotlib.figure import Figure
from torch.utils.data import DataLoader, TensorDataset

from draw.common import SEED, save, show

SIZES = (196, 128, 96, 64, 48, 20)
EPOCHS = (5, 10, 20, 40)
SEEDS = 3


def study(train: TensorDataset, unseen: TensorDataset) -> dict[str, list[list[float]]]:
    """Shares of unseen digits told right, for each number of steps and seed, with and without."""
    images, labels = train.tensors
    few = torch.cat([torch.nonzero(labels == digit)[:20, 0] for digit in range(10)])
    found: dict[str, list[list[float]]] = {"with": [], "without": []}
    for epochs in EPOCHS:
        shares: list[tuple[float, ...]] = []
        for seed in range(SEEDS):
            torch.manual_seed(SEED + seed)
            pairs = TensorDataset(images[few], labels[few])
            loader = DataLoader(pairs, batch_size=len(few), shuffle=True)
            models = transfer.with_and_without(images[:2500], loader, SIZES, 0.0, 12, epochs)
            with torch.no_grad():
                told = [model(unseen.tensors[0]).argmax(dim=1) for model in models]
            shares.append(tuple(float((t == unseen.tensors[1]).float().mean()) for t in told))
        for name, column in zip(found, zip(*shares, strict=True), strict=True):
            found[name].append(list(column))
            print(f"{epochs} steps {name}: {min(column):.2f} to {max(column):.2f}")
    return found


def draw_transfer(data: Path) -> Figure:
    """Draw transformed versions of three digits, and accuracies over the number of steps."""
    torch.manual_seed(SEED)
    parts = mnist.load_datasets(data)
    train, unseen = (
        TensorDataset(torch.nn.functional.avg_pool2d((part.data / 255)[:, None], 2), part.targets)
        for part in parts
    )
    figure = Figure(figsize=(9, 3.0))
    place = {"left": 0.01, "right": 0.47, "bottom": 0.04, "top": 0.86}
    grid = figure.add_gridspec(3, 6, **place, wspace=0.06, hspace=0.06).subplots()
    for number, axes in enumerate(grid):
        image = (parts[1].data[number] / 255)[None]
        show(axes[0], image[0])
        for ax in axes[1:]:
            show(ax, transfer.random_transform(image)[0])
    grid[0, 0].set_title("image", fontsize=9)
    grid[0, 3].set_title("transformed", fontsize=9)
    ax = figure.add_axes((0.55, 0.17, 0.44, 0.72))
    for name, shares in study(train, unseen).items():
        middle = [sum(values) / len(values) for values in shares]
        spread = [
            [m - min(v) for m, v in zip(middle, shares, strict=True)],
            [max(v) - m for m, v in zip(middle, shares, strict=True)],
        ]
        ax.errorbar(EPOCHS, middle, spread, marker=".", capsize=3, label=f"{name} pre-training")
    ax.set(xlabel="steps with labels", ylabel="told right", ylim=(0, 1))
    ax.legend(fontsize=9, loc="lower right")
    return figure


def main(data: Path) -> None:
    """Train, draw and write it."""
    save(draw_transfer(data), "transfer.png")
