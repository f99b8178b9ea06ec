"""What auto-encoders are good for: denoising, larger images, anomalies (lecture 002).

Three uses of one idea. A network that has to give back an image from a damaged one, noisy or
shrunken, must have learnt what images look like. And a network that has learnt what ordinary images
look like gives back others badly: by its error they can be told.

Images are tensors (B, 1, H, W) with brightness in [0, 1], where B is their number; digits have
H = W = 28. This module stands alone: import no other module of the assignment.
"""

from collections.abc import Callable, Mapping

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader


def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    """Noisy versions of images (task ``damage``, 4 points; lecture 002).

    To the brightness of each pixel a number is added that is drawn from a normal distribution with
    mean 0: for each pixel by itself, and anew in each call. What is then below 0 or above 1 becomes
    0 or 1.

    Parameters
    ----------
    images
        Any shape, brightness in [0, 1]. They are not changed.
    std
        The standard deviation of the noise, in units of brightness.

    Returns
    -------
    torch.Tensor
        Same shape, dtype and device; brightness in [0, 1].
    """
    # TODO damage: draw the noise; add it; limit the sum.
    # BEGIN SOLUTION damage
    return (images + std * torch.randn_like(images)).clamp(0, 1)
    # END SOLUTION


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    """Smaller versions of images (task ``damage``; lecture 002).

    Each block of `factor` x `factor` pixels becomes one pixel, with the mean of their brightness.

    Parameters
    ----------
    images
        (B, C, H, W); `factor` divides H and W.
    factor
        Side of a block.

    Returns
    -------
    torch.Tensor
        (B, C, H / factor, W / factor), of the same dtype and on the same device.
    """
    # TODO damage: which layer takes means of blocks?
    # BEGIN SOLUTION damage
    return nn.functional.avg_pool2d(images, factor)
    # END SOLUTION


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    """Peak signal-to-noise ratio of each image (task ``psnr``, 3 points).

    For one image it is 10 log10(peak^2 / MSE), in decibels (dB). MSE is the mean squared error
    between output and target over all pixels (and channels) of this image. The better the output,
    the larger it is; with no error at all it is infinite.

    Parameters
    ----------
    outputs, targets
        Images of one shape, (B, C, H, W).
    peak
        The largest brightness that an image can have: 1 here, 255 for images of bytes.

    Returns
    -------
    torch.Tensor
        (B,), one number for each image.
    """
    # TODO psnr: the mean squared error of each image first.
    # BEGIN SOLUTION psnr
    errors = ((outputs - targets) ** 2).flatten(1).mean(dim=1)
    return 10 * torch.log10(peak**2 / errors)
    # END SOLUTION


def train_restorer(
    model: nn.Module,
    loader: DataLoader,
    damage: Callable[[torch.Tensor], torch.Tensor],
    epochs: int = 10,
    lr: float = 1e-3,
) -> list[float]:
    """Train a network to undo a damage (task ``restore``, 5 points; lecture 002).

    The network gets damaged images. Its loss is the mean squared error between its output and the
    images as they were before. `damage` is called anew for each batch, so that a network never sees
    the same noise twice. Each batch is one step of Adam.

    Parameters
    ----------
    model
        Turns damaged images into images. It is trained in place, in training mode, whatever mode it
        comes in, and left in evaluation mode.
    loader
        Yields ``(images, labels)``. Labels are not used; the last batch may be smaller.
    damage
        A function such as ``add_noise`` or ``shrink``: it gets a batch of images and returns what
        the network is to get.
    epochs
        How often to go through the data.
    lr
        Learning rate.

    Returns
    -------
    list of float
        For each epoch the loss gathered while training: the mean over all images of the epoch, a
        batch counting by its number of images.
    """
    # TODO restore: as for any network; mind what goes in, and what the output is compared with.
    # BEGIN SOLUTION restore
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total, samples = 0.0, 0
        for images, _ in loader:
            images = images.to(device)
            loss = nn.functional.mse_loss(model(damage(images)), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    model.eval()
    return losses
    # END SOLUTION


class Denoiser(nn.Module):
    """A network that takes noise out of digits (task ``denoise``, 4 points; lecture 002).

    Which layers it has is up to you. The check makes one with ``Denoiser()`` and trains it with
    your ``train_restorer`` and ``add_noise`` on 1,600 digits: 300 steps of 32 with learning rate
    0.003. Then it gets digits that it has never seen, with noise of standard deviation 0.5. Its
    mean squared error has to be below 0.65 times the lower one of these two: that of the noisy
    digits as they are, and that of the mean of all training digits. All of this must end within a
    minute on one core; a network of a few thousand weights will do.

    Let the network end in a layer without an activation. A Sigmoid makes about half of all starts
    fail: most pixels are black, the sums in front of it run far below 0, and stay there. (Where
    batch normalisation stands between the layers, they do not.) In evaluation mode, the output for
    an image does not depend on the others of its batch.
    """

    def __init__(self) -> None:
        super().__init__()
        # TODO denoise: make the layers.
        # BEGIN SOLUTION denoise
        halving = {"kernel_size": 3, "stride": 2, "padding": 1}
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, **halving), nn.ReLU(), nn.Conv2d(16, 32, **halving), nn.ReLU()
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, **halving, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, **halving, output_padding=1),
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Take the noise out.

        Parameters
        ----------
        x
            Noisy images, (B, 1, 28, 28).

        Returns
        -------
        torch.Tensor
            Images, (B, 1, 28, 28). They need not keep to [0, 1].
        """
        # TODO denoise: run the layers.
        # BEGIN SOLUTION denoise
        return self.decoder(self.encoder(x))
        # END SOLUTION


class SuperResolver(nn.Module):
    """A network that doubles the size of digits (task ``super_resolution``, 4 points; lecture 002).

    Again the layers are up to you. The check makes one with ``SuperResolver()``, trains it with
    your ``train_restorer`` and ``shrink`` as it does the denoiser, and gives it unseen digits of
    14 x 14 pixels, each the mean of four. Its mean squared error has to be below 0.52 times that of
    bilinear upsampling, which is better than nearest neighbour. This, too, must end within a
    minute. What ``Denoiser`` says of the end and of batches holds here as well.
    """

    def __init__(self) -> None:
        super().__init__()
        # TODO super_resolution: make the layers. No code in between has to be small here.
        # BEGIN SOLUTION super_resolution
        self.layers = nn.Sequential(
            nn.Conv2d(1, 24, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(24, 24, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(24, 1, kernel_size=4, stride=2, padding=1),
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Double the size.

        Parameters
        ----------
        x
            Small images, (B, 1, 14, 14).

        Returns
        -------
        torch.Tensor
            Images, (B, 1, 28, 28). They need not keep to [0, 1].
        """
        # TODO super_resolution: run the layers.
        # BEGIN SOLUTION super_resolution
        return self.layers(x)
        # END SOLUTION


def restoration_figure(rows: Mapping[str, torch.Tensor]) -> Figure:
    """Draw versions of images below each other (task ``restoration_rows``, 3 points; lecture 002).

    Parameters
    ----------
    rows
        Images by the name of their row, such as ``{"noisy": ..., "denoised": ..., "clean": ...}``;
        all (B, 1, H, W), of one size.

    Returns
    -------
    matplotlib.figure.Figure
        A row of B axes for each entry, in the order of the mapping, with one image in each axes:
        in one grey scale from 0 (black) to 1 (white), whatever the largest value may be, not
        smoothed, without frame and ticks. Each row bears its name, once: as title or as y label of
        its first axes, or as a text of the figure (``figure.text``). A y label is not drawn where
        ``axis("off")`` was called.
    """
    # TODO restoration_rows: axes for all rows and columns first.
    # BEGIN SOLUTION restoration_rows
    columns = max(len(images) for images in rows.values())
    figure = Figure(figsize=(0.8 * columns + 1, 0.8 * len(rows) + 0.1))
    figure.subplots_adjust(left=1 / (0.8 * columns + 1), right=0.99, bottom=0.02, top=0.98)
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, images, strict=True):
            pixels = image[0].detach().cpu().numpy()
            ax.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.set(xticks=[], yticks=[], frame_on=False)
        line[0].set_ylabel(name)
    return figure
    # END SOLUTION


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """How badly a network gives each image back (task ``anomalies``, 4 points; lecture 002).

    The error of an image is the mean over its pixels of the squared difference between the
    network's output and the image.

    Parameters
    ----------
    model
        Turns images into images of the same shape. It is run in evaluation mode and without a graph
        for gradients; afterwards it is in the mode that it was in before.
    images
        (B, 1, H, W).

    Returns
    -------
    torch.Tensor
        (B,), one error for each image, in their order; no gradients hang on it.
    """
    # TODO anomalies: remember the mode; one error for each image, not one for all.
    # BEGIN SOLUTION anomalies
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return ((outputs.to(images.device) - images) ** 2).flatten(1).mean(dim=1)
    # END SOLUTION


class Detector(nn.Module):
    """An auto-encoder by whose errors anomalies are told (task ``anomalies``; lecture 002).

    The layers are up to you, but for this: the network must give back badly what it has not learnt,
    so whatever it knows of an image has to pass through a narrow *code*. How narrow is part of the
    task; some 5 to 20 numbers are a good start.

    The check leaves out one digit, say all sixes, and trains ``Detector()`` on 1,600 of the others
    with your ``train_restorer``: 500 steps of 32 with learning rate 0.003, where `damage` is
    ``unchanged``. Then ``reconstruction_errors`` gets unseen digits of all ten kinds, which are
    turned by a quarter, as those of the training were. A pair of an unknown digit and a known one
    is in the right order where the unknown one has the larger error. The check wants more than 72
    of 100 such pairs in the right order; by the distance from the mean image it would be 50 to 60.
    And it shuffles the pixels of digits: these must come back with a mean squared error above 0.85
    times their variance (the mean squared difference from each image's own mean). All of this must
    end within a minute. What ``Denoiser`` says of the end holds here as well.
    """

    def __init__(self) -> None:
        super().__init__()
        # TODO anomalies: make the layers.
        # BEGIN SOLUTION anomalies
        self.encoder = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 8)
        )
        self.decoder = nn.Sequential(
            nn.Linear(8, 128), nn.ReLU(), nn.Linear(128, 784), nn.Unflatten(1, (1, 28, 28))
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode and decode.

        Parameters
        ----------
        x
            Images, (B, 1, 28, 28).

        Returns
        -------
        torch.Tensor
            Reconstructions, (B, 1, 28, 28). They need not keep to [0, 1].
        """
        # TODO anomalies: run the layers.
        # BEGIN SOLUTION anomalies
        return self.decoder(self.encoder(x))
        # END SOLUTION


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    """How well scores tell anomalous samples from normal ones (task ``auroc``, 3 points).

    The area under the receiver operating characteristic is a probability: that of an anomalous
    sample having a larger score than a normal one, when one of each is picked at random. A pair
    with equal scores counts one half. 1 means that a limit separates both kinds, 0.5 is what chance
    reaches. Write it yourself; scikit-learn is not there.

    Parameters
    ----------
    scores
        One number for each sample, (N,); only their order matters.
    anomalous
        Whether each sample is anomalous, (N,) of bool; at least one is, and one is not.

    Returns
    -------
    float
        Between 0 and 1.
    """
    # TODO auroc: how many of the pairs of an anomalous and a normal sample are in the right order?
    # BEGIN SOLUTION auroc
    gaps = scores[anomalous][:, None] - scores[~anomalous][None, :]
    larger, equal = (gaps > 0).sum().item(), (gaps == 0).sum().item()
    return (larger + equal / 2) / gaps.numel()
    # END SOLUTION


def unchanged(images: torch.Tensor) -> torch.Tensor:
    """No damage: an auto-encoder gets the images themselves. Provided."""
    return images
