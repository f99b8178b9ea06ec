"""Pictures of the unit fully_connected: a sweep over widths, and snapshots of a training run."""

from pathlib import Path

import fully_connected
import mnist
import torch
from matplotlib.figure import Figure
from torch.utils.data import DataLoader, TensorDataset

from draw.common import SEED, save, show

WIDTHS = (5, 25, 125, 784)
EPOCHS, BATCH = 25, 128


def draw_sweep(loader: DataLoader, unseen: torch.Tensor) -> Figure:
    """Run lecture 002's sweep, and draw its curves beside its reconstructions."""
    torch.manual_seed(SEED)
    models, curves = fully_connected.latent_sweep(WIDTHS, loader, EPOCHS)
    rows = fully_connected.normalise(unseen)
    floor = fully_connected.loss_floor(rows)
    mean = fully_connected.normalise(loader.dataset.tensors[0]).mean(dim=0)
    print(f"floor {floor:.3f}, mean image {((rows - mean) ** 2).mean():.3f}")
    figure = Figure(figsize=(9, 3.6))
    ax = figure.add_axes((0.07, 0.14, 0.44, 0.77))
    groups = [unseen]
    for width, model, curve in zip(WIDTHS, models, curves, strict=True):
        with torch.no_grad():
            outputs = model(rows)
            alive = int((model.encoder(rows) > 0).any(dim=0).sum())
        print(f"h = {width}: {((outputs - rows) ** 2).mean():.3f}, {alive} hidden numbers in use")
        ax.plot(range(1, EPOCHS + 1), curve, marker=".", label=f"h = {width}")
        groups.append(fully_connected.denormalise(outputs))
    ax.axhline(floor, color="black", linewidth=0.8, linestyle="--", label="floor")
    ax.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, None), title="Training loss")
    ax.legend(fontsize=9, ncols=3, loc="lower right")
    place = {"left": 0.54, "right": 0.995, "bottom": 0.02, "top": 0.91}
    grid = figure.add_gridspec(5, len(groups), **place, wspace=0.06, hspace=0.06).subplots()
    for axes, group, name in zip(grid.T, groups, ("input", *WIDTHS), strict=True):
        axes[0].set_title(name if name == "input" else f"h = {name}", fontsize=9)
        for ax, image in zip(axes, group, strict=False):
            show(ax, image[0])
    return figure


def draw_snapshots(loader: DataLoader, unseen: torch.Tensor) -> Figure:
    """Train lecture 001's deep network, and draw what it puts out every five epochs."""
    torch.manual_seed(SEED)
    model = fully_connected.Deep()
    losses, snapshots = fully_connected.train_fc(model, loader, EPOCHS, watched=unseen)
    errors = [((rows - fully_connected.normalise(unseen)) ** 2).mean() for rows in snapshots]
    print("deep: training", f"{losses[-1]:.3f}", "unseen", *(f"{error:.3f}" for error in errors))
    shown = [fully_connected.denormalise(rows)[:10] for rows in snapshots]
    figure = Figure(figsize=(6.6, 4.0))
    rows = [unseen[:10], *shown]
    names = ["input", *(f"epoch {5 * n}" for n in range(1, len(rows)))]
    place = {"left": 0.115, "right": 0.995, "bottom": 0.01, "top": 0.99}
    grid = figure.add_gridspec(len(rows), 10, **place, wspace=0.06, hspace=0.06).subplots()
    for axes, row, name in zip(grid, rows, names, strict=True):
        for ax, image in zip(axes, row, strict=True):
            show(ax, image[0])
        axes[0].text(-4, 14, name, ha="right", va="center", fontsize=9)
    return figure


def main(data: Path) -> None:
    """Train, draw and write both."""
    train, validation = mnist.load_datasets(data)
    images, unseen = ((part.data / 255)[:, None] for part in (train, validation))
    pairs = TensorDataset(images, train.targets)
    loader = DataLoader(pairs, batch_size=BATCH, shuffle=True)
    save(draw_sweep(loader, unseen), "fc_sweep.png")
    save(draw_snapshots(loader, unseen), "fc_snapshots.png")
