"""Pictures of faces.py: the faces, what codes keep of them, and what is learnt by heart."""

import importlib.util
import io
import sys
from pathlib import Path
from typing import Any, Final

import faces
import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from draw.common import PICTURES, SEED, save

SIDE, WIDTHS = 32, (32, 64, 128, 128, 128)
"""A network for faces of 32 x 32 pixels: some minutes, where the lecture's takes hours."""
TRAINING, EPOCHS, LR = 200, 80, 2e-3
TEST = 20
"""Faces of the homework's test: 10 happy and 10 angry ones."""
LATENTS: Final = (20, 30, 50)


def generator(data: Path) -> Any:
    """The script that draws faces, as a module."""
    spec = importlib.util.spec_from_file_location("drawn_faces", data / "faces.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def tensors(drawn: tuple[np.ndarray, np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """Faces as a network takes them, and their labels."""
    images, labels = drawn
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, torch.from_numpy(labels)


def save_colours(figure: Figure, name: str, dpi: int = 100) -> None:
    """Write a figure as a PNG with as many colours as a palette holds: faces need them."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white")
    image = Image.open(buffer).convert("RGB").quantize(256)
    image.save(PICTURES / name, optimize=True)
    print(
        f"{name}: {image.width} x {image.height}, {(PICTURES / name).stat().st_size / 1000:.0f} kB"
    )


def draw_sample(images: np.ndarray, labels: np.ndarray) -> Figure:
    """Happy faces above angry ones."""
    figure = Figure(figsize=(8.2, 2.1))
    axes = figure.subplots(2, 8)
    for line, label, name in zip(axes, (1, 0), ("happy", "angry"), strict=True):
        for ax, image in zip(line, images[labels == label], strict=False):
            ax.imshow(image, interpolation="nearest")
            ax.set(xticks=[], yticks=[], frame_on=False)
        line[0].set_ylabel(name, fontsize=11)
    figure.subplots_adjust(left=0.03, right=0.995, top=0.99, bottom=0.01, wspace=0.04, hspace=0.04)
    return figure


def draw_gap(seen: list[float], unseen: list[float]) -> Figure:
    """Errors on both groups after each epoch."""
    figure = Figure(figsize=(6, 2.8), layout="constrained")
    ax = figure.subplots()
    epochs = np.arange(1, len(seen) + 1)
    ax.semilogy(epochs, unseen, label="8 unseen faces")
    ax.semilogy(epochs, seen, label="8 faces trained on")
    ax.set(xlabel="epochs", ylabel="mean squared error", ylim=(4e-4, 0.2))
    ax.legend(loc="lower left")
    ax.spines[["top", "right"]].set_visible(False)
    return figure


def error(network: nn.Module, images: torch.Tensor) -> float:
    """Mean squared error of reconstructions."""
    with torch.no_grad():
        return nn.functional.mse_loss(network(images), images).item()


def main(data: Path) -> None:
    """Train, draw, and print what the sheet quotes."""
    script = generator(data)
    save_colours(draw_sample(*script.draw_faces(16, 8)), "faces.png")
    images, labels = tensors(script.draw_faces(TRAINING + TEST, SEED, SIDE))
    training, test = images.split([TRAINING, TEST])
    torch.manual_seed(SEED)
    loader = DataLoader(TensorDataset(training, labels[:TRAINING]), 16, shuffle=True)
    networks, losses = faces.train_latents(loader, LATENTS, WIDTHS, EPOCHS, LR)
    mean = ((test - training.mean(dim=0)) ** 2).mean().item()
    print(f"mean face: {mean:.4f} on {TEST} unseen faces")
    every = DataLoader(TensorDataset(images, labels), 100)
    for latent, network in networks.items():
        codes, _ = faces.face_codes(network.encoder, every)
        shares = [
            faces.separation(codes[part], labels[part])
            for part in (slice(None), slice(TRAINING, None))
        ]
        print(
            f"latent {latent}: training {losses[latent][-1]:.4f}, unseen {error(network, test):.4f}"
            f", separation of all {shares[0]:.2f}, of {TEST} unseen {shares[1]:.2f}"
        )
    pixels = faces.separation(images.flatten(1), labels)
    print(f"separation of the pixels themselves {pixels:.2f}")
    named = {f"latent {latent}": network for latent, network in networks.items()}
    save(faces.recovered_figure(named, test[:8]), "faces_recovered.png", dpi=80)
    codes, _ = faces.face_codes(networks[50].encoder, every)
    codes, kinds = codes[-100:], labels[-100:]
    projections = {"PCA": faces.project_pca(codes), "t-SNE": faces.project_tsne(codes, seed=SEED)}
    save(faces.embedding_figure(projections, kinds, script.CLASSES), "faces_codes.png", dpi=80)
    torch.manual_seed(SEED)
    model = faces.FaceAutoEncoder(WIDTHS, 50)
    seen, unseen = faces.memorise(model, training[:8], test[:8], 400, LR)
    print(f"learnt by heart: seen {seen[-1]:.4f}, unseen {unseen[-1]:.4f}")
    save(draw_gap(seen, unseen), "faces_gap.png", dpi=80)
