"""Faces, happy and angry, and what a short code keeps of them (lecture 004, homework 1).

The auto-encoder of lecture 004 turns a face of 128 x 128 pixels into 20, 30 or 50 numbers and back.
You train it, look at what it recovers, and ask whether happy and angry faces lie apart among the
codes. Last, you let a network learn a few faces by heart and measure how it fails on others.

The faces are drawn: ``data/photos`` holds a few, and ``python data/faces.py --help`` says how to
make more. Your own photographs do as well, in a folder with one folder for each expression. N
stands for a number of faces and B for that of a batch; images are float32 tensors (B, 3, H, W) in
[0, 1], with channels red, green and blue.
"""

import grader.torchvision_cpu  # noqa: F401  # lets torchvision load beside a CPU build of torch

# isort: split
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

PHOTOS = Path(__file__).resolve().parent.parent / "data" / "photos"
"""A folder with 24 pictures of many sizes: angry in one folder, happy in another."""
WIDTHS = (32, 64, 128, 256, 512, 1024, 1024)
"""Channels after each convolution of lecture 004's network."""


def _stage(layer: type[nn.Module], before: int, after: int) -> nn.Sequential:
    """A layer that halves or doubles the size, normalisation and ReLU. Provided."""
    return nn.Sequential(layer(before, after, 2, stride=2), nn.BatchNorm2d(after), nn.ReLU())


class FaceAutoEncoder(nn.Module):
    """The network of lecture 004, for images of 2^n x 2^n pixels with n widths. Provided.

    ``encoder`` turns images (B, channels, 2^n, 2^n) into codes (B, latent), ``decoder`` codes into
    images. It has batch normalisation, so it works differently in training and in evaluation mode;
    in training mode a batch needs two images or more.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 50, channels: int = 3) -> None:
        super().__init__()
        sizes, last, stages = (channels, *widths), widths[-1], range(len(widths))
        halving = [_stage(nn.Conv2d, sizes[n], sizes[n + 1]) for n in stages]
        self.encoder = nn.Sequential(*halving, nn.Flatten(), nn.Linear(last, latent))
        first = nn.Sequential(nn.Linear(latent, last), nn.Unflatten(1, (last, 1, 1)))
        doubling = [_stage(nn.ConvTranspose2d, sizes[n + 1], sizes[n]) for n in reversed(stages)]
        doubling[-1][-1] = nn.Sigmoid()
        self.decoder = nn.Sequential(first, *doubling)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images (B, channels, 2^n, 2^n) to reconstructions of the same shape, in [0, 1]."""
        return self.decoder(self.encoder(x))


def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    """Open a folder of photographs (task ``load_faces``, 4 points; lecture 004).

    Pictures may have any size and shape. Each is resized so that its shorter side has `size`
    pixels, its proportions kept; then the square in its middle is cut out.

    Parameters
    ----------
    root
        A folder with one folder of pictures for each class.
    size
        Height and width of the images that come out.

    Returns
    -------
    torchvision.datasets.ImageFolder
        Its samples are pairs of an image, a float32 tensor (3, size, size) in [0, 1], and a label,
        an int. Labels follow the alphabet: 0 means angry and 1 happy.
    """
    # TODO load_faces: an ImageFolder with a transform of three steps. (It makes grey pictures RGB.)
    # BEGIN SOLUTION load_faces
    steps = [transforms.Resize(size), transforms.CenterCrop(size), transforms.ToTensor()]
    return ImageFolder(root, transform=transforms.Compose(steps))
    # END SOLUTION


def train_latents(
    loader: DataLoader,
    latents: Sequence[int] = (20, 30, 50),
    widths: Sequence[int] = WIDTHS,
    epochs: int = 200,
    lr: float = 1e-3,
) -> tuple[dict[int, FaceAutoEncoder], dict[int, list[float]]]:
    """Train a network for each length of the code (task ``train_latents``, 6 points; homework 1).

    Each is a new FaceAutoEncoder and is trained on its own, with Adam, so that the mean squared
    error between its output and its input falls.

    Parameters
    ----------
    loader
        Yields ``(images, labels)``, images with three channels. Labels are not used; the last batch
        may be smaller.
    latents
        Lengths of the codes.
    widths
        Channels after each convolution, the same for all.
    epochs
        How often each network sees the data.
    lr
        Learning rate.

    Returns
    -------
    networks, losses
        Two dicts with the lengths as keys: the trained network, left in evaluation mode, and for
        each epoch its mean squared error on the images, gathered while training. Each image counts
        as much as any other, also where the last batch is smaller.
    """
    # TODO train_latents: one loop within another within another: lengths, epochs, batches.
    # BEGIN SOLUTION train_latents
    networks: dict[int, FaceAutoEncoder] = {}
    losses: dict[int, list[float]] = {}
    for latent in latents:
        network = FaceAutoEncoder(widths, latent)
        optimizer = torch.optim.Adam(network.parameters(), lr=lr)
        losses[latent] = []
        for _ in range(epochs):
            total, samples = 0.0, 0
            for images, _ in loader:
                loss = nn.functional.mse_loss(network(images), images)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(images)
                samples += len(images)
            losses[latent].append(total / samples)
        networks[latent] = network.eval()
    return networks, losses
    # END SOLUTION


def face_codes(encoder: nn.Module, loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    """Codes of all faces (task ``face_codes``, 5 points; homework 1).

    Parameters
    ----------
    encoder
        Turns images into codes (B, latent). It is run in evaluation mode and without a graph for
        gradients; afterwards it is in the mode that it was in before.
    loader
        Yields ``(images, labels)``; the last batch may be smaller.

    Returns
    -------
    codes, labels
        (N, latent), and int64 (N,), both in the order in which the loader gives the faces. No
        gradients hang on the codes.
    """
    # TODO face_codes: go through the loader once; put the parts together at the end.
    # BEGIN SOLUTION face_codes
    was_training = encoder.training
    encoder.eval()
    codes, labels = [], []
    with torch.no_grad():
        for images, targets in loader:
            codes.append(encoder(images))
            labels.append(targets)
    encoder.train(was_training)
    return torch.cat(codes), torch.cat(labels)
    # END SOLUTION


def separation(codes: torch.Tensor, labels: torch.Tensor) -> float:
    """Whether faces that lie close together belong together (task ``face_codes``; homework 1).

    For each face, look for its nearest neighbour: of all *other* faces the one whose code has the
    least Euclidean distance from its own. The result is the share of faces whose neighbour has the
    same label. With two classes of the same size, codes that know nothing of them give about 1/2.

    Parameters
    ----------
    codes
        (N, latent), N at least 2.
    labels
        int64 (N,).

    Returns
    -------
    float
        From 0 to 1.
    """
    # TODO face_codes: torch.cdist gives all distances; no face is its own neighbour.
    # BEGIN SOLUTION face_codes
    distances = torch.cdist(codes, codes)
    distances.fill_diagonal_(torch.inf)
    same = labels[distances.argmin(dim=1)] == labels
    return same.double().mean().item()
    # END SOLUTION


def project_pca(codes: torch.Tensor) -> np.ndarray:
    """Codes in the plane of their largest variance (task ``projections``, 5 points; homework 1).

    scikit-learn's PCA centres the codes and gives their coordinates along the two directions in
    which they vary most; nothing is scaled. The sign of a coordinate is left open.

    Parameters
    ----------
    codes
        (N, latent), without a graph.

    Returns
    -------
    numpy.ndarray
        (N, 2): the direction of the larger variance first.
    """
    # TODO projections: sklearn.decomposition.PCA; import it inside this function.
    # BEGIN SOLUTION projections
    from sklearn.decomposition import PCA

    return PCA(n_components=2).fit_transform(codes.cpu().numpy())
    # END SOLUTION


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    """Codes in a plane where neighbours stay neighbours (task ``projections``; homework 1).

    t-SNE draws near each other what has codes near each other. The perplexity says about how many
    neighbours each point minds. scikit-learn refuses one that is not smaller than N. So where
    `perplexity` is larger than (N - 1) / 3, a third of the other points, take that instead.

    Parameters
    ----------
    codes
        (N, latent), without a graph; N at least 4.
    perplexity
        How many neighbours count, if there are faces enough.
    seed
        The same seed gives the same picture.

    Returns
    -------
    numpy.ndarray
        (N, 2).
    """
    # TODO projections: sklearn.manifold.TSNE; import it inside this function. Which of its
    # arguments takes the seed?
    # BEGIN SOLUTION projections
    from sklearn.manifold import TSNE

    perplexity = min(perplexity, (len(codes) - 1) / 3)
    tsne = TSNE(n_components=2, perplexity=perplexity, random_state=seed)
    return tsne.fit_transform(codes.cpu().numpy())
    # END SOLUTION


def embedding_figure(
    projections: Mapping[str, np.ndarray], labels: torch.Tensor, classes: Sequence[str]
) -> Figure:
    """Draw codes in the plane, by class (task ``face_pictures``, 5 points; homework 1).

    Parameters
    ----------
    projections
        Points, (N, 2) each, by the name of the method, such as PCA and t-SNE.
    labels
        int64 (N,): positions in `classes`.
    classes
        What the classes are called.

    Returns
    -------
    matplotlib.figure.Figure
        One axes for each projection, side by side in their order, with its name as title. It shows
        all N points, those of each class in a colour of their own, the same in all axes; and each
        axes has a legend that says which colour belongs to which class.
    """
    # TODO face_pictures: for each projection and each class one call of scatter, with a label.
    # BEGIN SOLUTION face_pictures
    figure = Figure(figsize=(4 * len(projections), 3.8), layout="constrained")
    axes = figure.subplots(1, len(projections), squeeze=False)[0]
    for ax, (name, points) in zip(axes, projections.items(), strict=True):
        for label, kind in enumerate(classes):
            chosen = points[labels.numpy() == label]
            ax.scatter(chosen[:, 0], chosen[:, 1], s=14, color=f"C{label}", label=kind)
        ax.set_title(name)
        ax.legend()
    return figure
    # END SOLUTION


def recovered_figure(networks: Mapping[str, nn.Module], images: torch.Tensor) -> Figure:
    """Draw faces and what networks recover of them (task ``face_pictures``; homework 1).

    Parameters
    ----------
    networks
        Auto-encoders by what their row is called, such as ``latent 20``. They are run in evaluation
        mode and without a graph; afterwards each is in the mode that it was in before.
    images
        N faces, (N, 3, H, W).

    Returns
    -------
    matplotlib.figure.Figure
        N columns. The first row shows the faces, each further row what one network makes of them,
        in their order: in colour, not smoothed, without frame and ticks. A title, and beside or
        over each row of a network its name as text.
    """
    # TODO face_pictures: imshow takes (H, W, 3), a tensor has (3, H, W).
    # BEGIN SOLUTION face_pictures
    rows = {"faces": images}
    for name, network in networks.items():
        was_training = network.training
        network.eval()
        with torch.no_grad():
            rows[name] = network(images)
        network.train(was_training)
    figure = Figure(figsize=(1.1 + len(images), len(rows) + 0.5))
    figure.suptitle("Faces, and what networks recover of them")
    top, left = 1 - 0.4 / (len(rows) + 0.5), 1.1 / (1.1 + len(images))
    figure.subplots_adjust(left, 0.01, 0.99, top, wspace=0.04, hspace=0.04)
    axes = figure.subplots(len(rows), len(images), squeeze=False)
    for line, (name, row) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, row, strict=True):
            ax.imshow(image.permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
            ax.axis("off")
        place = line[0].get_position()
        figure.text(0.9 * left, (place.y0 + place.y1) / 2, name, ha="right", va="center")
    return figure
    # END SOLUTION


def memorise(
    model: nn.Module, seen: torch.Tensor, unseen: torch.Tensor, epochs: int = 400, lr: float = 1e-3
) -> tuple[list[float], list[float]]:
    """Let a network learn a few faces by heart (task ``memorise``, 5 points; lecture 004).

    It is trained with Adam on the mean squared error of all `seen` faces at once, one step an
    epoch. After each epoch, its error is measured on both groups.

    Parameters
    ----------
    model
        An auto-encoder. It is trained in place, in training mode, and left in evaluation mode.
    seen
        A handful of faces, (N, 3, H, W), N at least 2.
    unseen
        Other faces, (M, 3, H, W). No weight and no running average may depend on them.
    epochs
        Number of steps.
    lr
        Learning rate.

    Returns
    -------
    seen_errors, unseen_errors
        For each epoch the mean squared error of a pixel, on `seen` and on `unseen`, measured in
        evaluation mode and without a graph for gradients.
    """
    # TODO memorise: which mode for which part of an epoch?
    # BEGIN SOLUTION memorise
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    seen_errors, unseen_errors = [], []
    for _ in range(epochs):
        model.train()
        loss = nn.functional.mse_loss(model(seen), seen)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            seen_errors.append(nn.functional.mse_loss(model(seen), seen).item())
            unseen_errors.append(nn.functional.mse_loss(model(unseen), unseen).item())
    model.eval()
    return seen_errors, unseen_errors
    # END SOLUTION
