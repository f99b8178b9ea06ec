"""Pictures of the unit layers: batch normalisation, and networks with and without it."""

from pathlib import Path

import layers
import mnist
import numpy as np
from matplotlib.figure import Figure

from draw.common import SEED, save


def draw_batchnorm(images: np.ndarray) -> Figure:
    """Draw histograms of three features of a batch before and after batch normalisation."""
    network = layers.Network((784, 64, 10), seed=SEED)
    before, _ = layers.affine_forward(images, network.params["W1"], network.params["b1"])
    spread = np.argsort(before.mean(axis=0))
    before = before[:, spread[[2, 40, 61]]]
    gamma, beta = np.ones(3), np.zeros(3)
    after, _ = layers.batchnorm_forward(before, gamma, beta, {"mode": "train"})
    bins = np.linspace(-4, 4, 41)
    figure = Figure(figsize=(7.5, 3), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, values, title in zip(axes, (before, after), ("before", "after"), strict=True):
        for feature in range(3):
            mean, std = values[:, feature].mean(), values[:, feature].std()
            label = f"mean {mean:.2f}, std {std:.2f}".replace("-0.00", "0.00")
            ax.hist(values[:, feature], bins=bins, histtype="stepfilled", alpha=0.5, label=label)
        ax.set(title=f"{title} batch normalisation", xlabel="value of the feature")
        ax.legend(fontsize=8, loc="upper left")
        ax.set_ylim(0, 340)
    axes[0].set_ylabel("samples")
    return figure


def compare(train: layers.Split, validation: layers.Split) -> dict[str, layers.History]:
    """Train the four small networks of the last task."""
    kinds = {
        "neither": {},
        "batch norm": {"batchnorm": True},
        "dropout 0.25": {"dropout": 0.25},
        "both": {"batchnorm": True, "dropout": 0.25},
    }
    histories = {}
    for name, options in kinds.items():
        network = layers.Network((784, 64, 32, 10), seed=SEED, **options)
        histories[name] = layers.fit(network, train, validation, epochs=10, seed=SEED)
        losses = histories[name]
        print(f"{name}: {losses['train_loss'][-1]:.3f}, {losses['validation_loss'][-1]:.3f}")
    return histories


def main(data: Path) -> None:
    """Train the four networks, draw and write."""
    train, validation = (
        (part.data.flatten(start_dim=1).numpy() / np.float32(255), part.targets.numpy())
        for part in mnist.load_datasets(data)
    )
    train = train[0][:1000], train[1][:1000]
    save(draw_batchnorm(train[0]), "batchnorm.png")
    save(layers.comparison_figure(compare(train, validation)), "comparison.png", dpi=80)
