"""Pictures of applications.py: restored digits, and errors that tell an unknown one."""

from pathlib import Path
from typing import Final

import applications
import mnist
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from draw.common import SEED, TIMES, save

UNKNOWN: Final = 6
EPOCHS, LR = 10, 3e-3
SHOWN: Final = 10
BLUE, ORANGE = "#3182bd", "#e6550d"


def tensors(dataset: object) -> tuple[torch.Tensor, torch.Tensor]:
    """All images of a data set (N, 1, 28, 28), and their labels."""
    images, labels = next(iter(DataLoader(dataset, batch_size=len(dataset))))
    return images, labels


def trained(network: type, images: torch.Tensor, damage: object) -> nn.Module:
    """One of the reference's networks, trained for longer than the checks do."""
    torch.manual_seed(SEED)
    model = network()
    loader = DataLoader(TensorDataset(images, torch.zeros(len(images))), 32, shuffle=True)
    applications.train_restorer(model, loader, damage, EPOCHS, LR)
    return model


def draw_restored(rows: dict[str, torch.Tensor], clean: torch.Tensor, figure: Figure) -> None:
    """Add versions of digits below each other to a figure, each with its mean ratio in dB."""
    axes = figure.subplots(len(rows), SHOWN, squeeze=False)
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, images[:SHOWN], strict=True):
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.set(xticks=[], yticks=[], frame_on=False)
        ratio = applications.psnr(images, clean).mean().item()
        text = f"{name}\n{ratio:.1f} dB" if np.isfinite(ratio) else name
        line[0].set_ylabel(text, rotation=0, ha="right", va="center", fontsize=10)
        error = ((images - clean) ** 2).mean().item()
        print(f"{name}: mean squared error {error:.4f}, {ratio:.1f} dB")
    figure.subplots_adjust(left=0.15, right=0.995, top=0.99, bottom=0.01, wspace=0.05, hspace=0.05)


def draw_applications(images: torch.Tensor, unseen: torch.Tensor) -> Figure:
    """Noisy and denoised digits, and shrunken ones made larger in three ways."""
    torch.manual_seed(SEED)
    denoiser = trained(applications.Denoiser, images, applications.add_noise)
    resolver = trained(applications.SuperResolver, images, applications.shrink)
    flat = ((unseen - images.mean(dim=0)) ** 2).mean().item()
    print(f"the mean digit: mean squared error {flat:.4f}")
    noisy, small = applications.add_noise(unseen), applications.shrink(unseen)
    with torch.no_grad():
        denoised, larger = denoiser(noisy), resolver(small)
    bilinear = nn.functional.interpolate(small, scale_factor=2, mode="bilinear")
    nearest = nn.functional.interpolate(small, scale_factor=2)
    figure = Figure(figsize=(8.2, 5.1))
    parts = figure.subfigures(2, 1, height_ratios=(3, 4), hspace=0.04)
    draw_restored({"noisy": noisy, "denoised": denoised, "clean": unseen}, unseen, parts[0])
    sizes = {
        f"14{TIMES}14": nearest,
        "bilinear": bilinear,
        "network": larger,
        f"28{TIMES}28": unseen,
    }
    draw_restored(sizes, unseen, parts[1])
    return figure


def draw_anomalies(
    images: torch.Tensor, labels: torch.Tensor, unseen: torch.Tensor, kinds: torch.Tensor
) -> Figure:
    """Errors of known and unknown digits, and the curve below which the area lies."""
    model = trained(applications.Detector, images[labels != UNKNOWN], applications.unchanged)
    errors = applications.reconstruction_errors(model, unseen)
    unknown = kinds == UNKNOWN
    area = applications.auroc(errors, unknown)
    distance = ((unseen - images.mean(dim=0)) ** 2).flatten(1).mean(dim=1)
    print(f"AUROC {area:.3f}; distance from mean {applications.auroc(distance, unknown):.3f}")
    figure = Figure(figsize=(8.2, 2.9))
    left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
    bins = np.linspace(0, errors.max().item(), 41)
    for values, color, name in (
        (errors[~unknown], BLUE, "known digits"),
        (errors[unknown], ORANGE, f"{UNKNOWN}, never seen in training"),
    ):
        weights = np.full(len(values), 100 / len(values))
        left.hist(values.numpy(), bins, weights=weights, color=color, alpha=0.6, label=name)
    left.set(xlabel="reconstruction error", ylabel="% of its kind")
    left.legend(frameon=False)
    limits = torch.cat([errors.sort(descending=True).values, torch.tensor([-1.0])])
    caught = [(errors[unknown] > limit).float().mean() for limit in limits]
    false = [(errors[~unknown] > limit).float().mean() for limit in limits]
    right.plot(false, caught, color="black", lw=1.4)
    right.fill_between(false, caught, color="#dddddd")
    right.plot((0, 1), (0, 1), color="grey", lw=0.8, ls="--")
    right.text(0.7, 0.25, f"area {area:.2f}", ha="center")
    right.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    right.set(xlabel="known ones above the limit", ylabel="unknown ones above it")
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def main(data: Path) -> None:
    """Make both pictures."""
    training, validation = mnist.load_datasets(data)
    images, labels = tensors(training)
    unseen, kinds = tensors(validation)
    save(draw_applications(images, unseen), "applications.png")
    save(draw_anomalies(images, labels, unseen, kinds), "anomalies.png")
