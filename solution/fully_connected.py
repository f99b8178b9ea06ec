"""Fully-connected auto-encoders (lectures 001 and 002).

Here an image is a row of numbers, one for each pixel, and no layer knows which pixels are
neighbours. Two networks are built and trained: a shallow one with a single hidden layer, whose
width is varied, and a deep one. B stands for the number of images in a batch, P for the number of
pixels of an image: 784 for digits of 28 x 28.

Pixels are *normalised*: over all of MNIST they have the mean 0.1307 and the standard deviation
0.3081, so (pixel - 0.1307) / 0.3081 has mean 0 and standard deviation 1. Black becomes -0.42, white
2.82. The loss is the mean squared error (MSE) between the normalised pixels and the network's
output: the mean of (output - input)^2 over all numbers of a batch. Lecture 002's formula takes
the root of the sum instead; its program takes the mean square, and so do we.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader

MEAN, STD = 0.1307, 0.3081
"""Mean and standard deviation of the pixels of all 60,000 training digits of MNIST."""


def normalise(images: torch.Tensor) -> torch.Tensor:
    """Images as rows of normalised pixels (task ``normalised_pixels``, 2 points; lecture 002).

    Parameters
    ----------
    images
        (B, 1, H, W) in [0, 1], with H * W = P.

    Returns
    -------
    torch.Tensor
        (B, P), the pixels row by row, each (pixel - MEAN) / STD; of the dtype of `images`. The
        argument stays as it is.
    """
    # TODO normalised_pixels: one line. Only the pixels are flattened, not the batch.
    # BEGIN SOLUTION normalised_pixels
    return (images.flatten(1) - MEAN) / STD
    # END SOLUTION


def denormalise(rows: torch.Tensor, height: int = 28, width: int = 28) -> torch.Tensor:
    """Rows of normalised pixels as images: what undoes ``normalise`` (``normalised_pixels``).

    Parameters
    ----------
    rows
        (B, P), such as the output of a network.
    height, width
        Of an image; height * width = P.

    Returns
    -------
    torch.Tensor
        (B, 1, height, width). Where `rows` came from ``normalise``, these are the images; values of
        other rows may lie outside [0, 1] and are not cut off.
    """
    # TODO normalised_pixels: the same two steps backwards.
    # BEGIN SOLUTION normalised_pixels
    return (rows * STD + MEAN).reshape(-1, 1, height, width)
    # END SOLUTION


class Shallow(nn.Module):
    """Lecture 002's first auto-encoder (task ``shallow``, 4 points).

    ==================================  ===========
    input                               (B, pixels)
    linear layer with bias, then ReLU   (B, hidden)
    linear layer with bias, then Tanh   (B, pixels)
    ==================================  ===========

    Parameters
    ----------
    hidden
        Width of the hidden layer, the length of a code.
    pixels
        Numbers of an image.

    Attributes
    ----------
    encoder, decoder
        The two halves: rows (B, pixels) to codes (B, hidden), and codes to rows.
    """

    def __init__(self, hidden: int, pixels: int = 784) -> None:
        super().__init__()
        # TODO shallow: self.encoder and self.decoder.
        # BEGIN SOLUTION shallow
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(hidden, pixels), nn.Tanh())
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode and decode rows of normalised pixels.

        Parameters
        ----------
        x
            (B, pixels).

        Returns
        -------
        torch.Tensor
            (B, pixels) in [-1, 1].
        """
        # TODO shallow: one half after the other.
        # BEGIN SOLUTION shallow
        return self.decoder(self.encoder(x))
        # END SOLUTION


class Deep(nn.Module):
    """Lecture 001's fully-connected auto-encoder (task ``deep_fc``, 6 points).

    With ``sizes = (s0, s1, ..., k)``, a *block* to n numbers is a linear layer to n numbers,
    BatchNorm1d, ReLU, and dropout.

    ==========================================================  =================
    input                                                       (B, s0)
    encoder: a block to each of s1, ..., k in order             (B, k)
    decoder: a block to each of the sizes between, backwards    (B, s1)
    a linear layer alone                                        (B, s0)
    ==========================================================  =================

    Dropout after the code, in the last block of the encoder, is your choice: the lecture's program
    leaves it out there. The bias of a linear layer in front of BatchNorm1d is your choice, too.
    The last layer has a bias, and nothing follows it: its output may have any values.

    Parameters
    ----------
    sizes
        Numbers of the input, of each hidden layer of the encoder, and of the code. There are at
        least three; the lecture has 784, 500, 100 and 20.
    dropout
        The probability to drop a number.

    Attributes
    ----------
    encoder, decoder
        The two halves: rows (B, s0) to codes (B, k), and codes to rows.
    """

    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        # TODO deep_fc: a loop over neighbouring sizes; itertools.pairwise gives them.
        # BEGIN SOLUTION deep_fc
        down = [self._block(before, after, dropout) for before, after in pairwise(sizes)]
        up = [self._block(before, after, dropout) for before, after in pairwise(sizes[:0:-1])]
        down[-1] = down[-1][:-1]  # the code keeps all of its numbers
        self.encoder = nn.Sequential(*down)
        self.decoder = nn.Sequential(*up, nn.Linear(sizes[1], sizes[0]))
        # END SOLUTION

    @staticmethod
    def _block(before: int, after: int, dropout: float) -> nn.Sequential:
        """Make one block, for the constructor above; use it or not."""
        # TODO deep_fc: four layers.
        # BEGIN SOLUTION deep_fc
        return nn.Sequential(
            nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(), nn.Dropout(dropout)
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode and decode rows of normalised pixels.

        Parameters
        ----------
        x
            (B, s0). In training mode B is at least 2.

        Returns
        -------
        torch.Tensor
            (B, s0).
        """
        # TODO deep_fc: one half after the other.
        # BEGIN SOLUTION deep_fc
        return self.decoder(self.encoder(x))
        # END SOLUTION


def nearest_reachable(x: torch.Tensor) -> torch.Tensor:
    """What Tanh could give at best (task ``loss_floor``, 4 points; lecture 002).

    Tanh gives numbers between -1 and 1, and white is 2.82: no training can close that gap.

    Parameters
    ----------
    x
        Normalised pixels, or any numbers, of any shape.

    Returns
    -------
    torch.Tensor
        Of the shape of `x`: the numbers in [-1, 1] that have the smallest squared error. (Tanh
        comes as close to -1 and 1 as you like, so count both in.)
    """
    # TODO loss_floor: what is nearest to 2.82, to 0.3, to -1.5?
    # BEGIN SOLUTION loss_floor
    return x.clamp(-1, 1)
    # END SOLUTION


def loss_floor(x: torch.Tensor) -> float:
    """The smallest MSE that outputs between -1 and 1 can have (task ``loss_floor``).

    Parameters
    ----------
    x
        What is to be reconstructed, of any shape.

    Returns
    -------
    float
        The mean of the squared error over all numbers of `x`. However a network ending in Tanh is
        trained, its loss on `x` does not fall below.
    """
    # TODO loss_floor: the MSE of the numbers above.
    # BEGIN SOLUTION loss_floor
    return nn.functional.mse_loss(nearest_reachable(x), x).item()
    # END SOLUTION


def train_fc(
    model: nn.Module,
    loader: DataLoader,
    epochs: int = 25,
    lr: float = 1e-3,
    weight_decay: float = 1e-5,
    watched: torch.Tensor | None = None,
    every: int = 5,
) -> tuple[list[float], list[torch.Tensor]]:
    """Train, and look at some outputs now and then (task ``train_fc``, 6 points; lecture 002).

    Each batch is normalised, and the model's output compared with these rows by the MSE. One
    ``torch.optim.Adam`` with this learning rate and weight decay takes a step for each batch.

    Parameters
    ----------
    model
        Maps rows (B, P) to rows (B, P). It is trained in place, in training mode, and left in
        evaluation mode.
    loader
        Yields ``(images, labels)``; images are (B, 1, H, W) in [0, 1]. Labels are not used; the
        last batch may be smaller.
    epochs
        How often to go through the data.
    lr, weight_decay
        Arguments of Adam.
    watched
        Images (N, 1, H, W) in [0, 1] to look at, or None.
    every
        Epochs between two looks.

    Returns
    -------
    losses
        For each epoch the MSE, gathered while training: the mean over all images of the epoch. A
        batch counts by its number of images.
    snapshots
        The model's outputs for the watched images, (N, P) each and without a graph, in evaluation
        mode: after epoch `every`, after epoch 2 * `every`, and so on. Then training goes on, in
        training mode. Without watched images the list is empty.
    """
    # TODO train_fc: the epochs first; then the snapshots.
    # BEGIN SOLUTION train_fc
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    losses: list[float] = []
    snapshots: list[torch.Tensor] = []
    for epoch in range(1, epochs + 1):
        model.train()
        total, samples = 0.0, 0
        for images, _ in loader:
            rows = normalise(images.to(device))
            loss = nn.functional.mse_loss(model(rows), rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
            samples += len(rows)
        losses.append(total / samples)
        model.eval()
        if watched is not None and epoch % every == 0:
            with torch.no_grad():
                snapshots.append(model(normalise(watched.to(device))).cpu())
    return losses, snapshots
    # END SOLUTION


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 1e-3
) -> tuple[list[nn.Module], list[list[float]]]:
    """Train one shallow network for each width (task ``latent_sweep``, 4 points; lecture 002).

    The lecture's widths are 5, 25, 125 and 784.

    Parameters
    ----------
    widths
        Of the hidden layers, in any order.
    loader
        Yields ``(images, labels)``; images are (B, 1, 28, 28) in [0, 1].
    epochs, lr
        As in ``train_fc``, the same for each network. The weight decay is 1e-5.

    Returns
    -------
    models
        A trained ``Shallow`` for each width, in the order of `widths`.
    curves
        The losses of each, epoch by epoch, in the same order.
    """
    # TODO latent_sweep: a new network for each width, trained with train_fc.
    # BEGIN SOLUTION latent_sweep
    models: list[nn.Module] = [Shallow(width) for width in widths]
    curves = [train_fc(model, loader, epochs, lr)[0] for model in models]
    return models, curves
    # END SOLUTION


def sweep_curves_figure(widths: Sequence[int], curves: Sequence[Sequence[float]]) -> Figure:
    """Draw the losses of a sweep in one figure (task ``fc_figures``, 4 points; lecture 002).

    Parameters
    ----------
    widths, curves
        As in ``latent_sweep``.

    Returns
    -------
    matplotlib.figure.Figure
        One axes with a line for each width, loss over epoch, where the first epoch is 1. The label
        of a line contains the width; a legend shows it. Both axes are labelled, and there is a
        title.
    """
    # TODO fc_figures: Figure(...), one axes, a line for each width.
    # BEGIN SOLUTION fc_figures
    figure = Figure(figsize=(6, 4), layout="constrained")
    ax = figure.subplots()
    for width, losses in zip(widths, curves, strict=True):
        ax.plot(range(1, len(losses) + 1), losses, marker=".", label=f"h = {width}")
    ax.set(title="Hidden layers of several widths", xlabel="epoch", ylabel="mean squared error")
    ax.legend()
    return figure
    # END SOLUTION


def sweep_images_figure(
    widths: Sequence[int], images: torch.Tensor, outputs: Sequence[torch.Tensor]
) -> Figure:
    """Draw reconstructions side by side (task ``fc_figures``; lecture 002).

    Parameters
    ----------
    widths
        As in ``latent_sweep``.
    images
        (N, 1, H, W) in [0, 1].
    outputs
        For each width, what its network made of these images: (N, 1, H, W), already denormalised.

    Returns
    -------
    matplotlib.figure.Figure
        N rows. In each, an image, and right of it its reconstructions in the order of `widths`. All
        are in one grey scale from 0 (black) to 1 (white), not smoothed, without frame and ticks;
        and there is a title. Values beyond 0 and 1 are shown as black and white.
    """
    # TODO fc_figures: one column more than there are widths.
    # BEGIN SOLUTION fc_figures
    names = ["input", *(f"h = {width}" for width in widths)]
    return draw_grid("Reconstructions", [images, *outputs], names, across=True)
    # END SOLUTION


def snapshots_figure(
    images: torch.Tensor, snapshots: Sequence[torch.Tensor], every: int = 5
) -> Figure:
    """Draw how outputs change while training goes on (task ``fc_figures``; lecture 002).

    Parameters
    ----------
    images
        The watched images, (N, 1, H, W) in [0, 1].
    snapshots
        The outputs for them after epoch `every`, 2 * `every`, and so on: (N, 1, H, W) each, already
        denormalised.
    every
        Epochs between two snapshots.

    Returns
    -------
    matplotlib.figure.Figure
        The images in the first row, then a row for each snapshot: N columns. The number of epochs
        stands in the title of an image of its row. The rest is as in ``sweep_images_figure``.
    """
    # TODO fc_figures: one row more than there are snapshots.
    # BEGIN SOLUTION fc_figures
    names = ["input", *(f"epoch {every * n}" for n in range(1, len(snapshots) + 1))]
    return draw_grid("Outputs while training", [images, *snapshots], names, across=False)
    # END SOLUTION


def draw_grid(
    title: str, groups: Sequence[torch.Tensor], names: Sequence[str], *, across: bool
) -> Figure:
    """Draw groups of images, each (N, 1, H, W); for both figures above, use it or not.

    With `across`, each group fills a column, and without, a row; its name stands over its first
    image.
    """
    # TODO fc_figures: axes in rows and columns; imshow with vmin and vmax.
    # BEGIN SOLUTION fc_figures
    shape = (len(groups[0]), len(groups)) if across else (len(groups), len(groups[0]))
    figure = Figure(figsize=(1.1 * shape[1], 1.2 * shape[0] + 0.5), layout="constrained")
    figure.suptitle(title)
    grid = figure.subplots(*shape, squeeze=False)
    for axes, group, name in zip(grid.T if across else grid, groups, names, strict=True):
        axes[0].set_title(name, fontsize=9)
        for ax, image in zip(axes, group.cpu(), strict=True):
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
    # END SOLUTION
