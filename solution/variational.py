"""A convolutional variational auto-encoder (lectures 003 and 004, homework 2).

Its encoder gives no single code but a normal distribution of codes for each image: a mean and the
logarithm of a variance for each of the latent numbers. A code is drawn from it, and decoded. B
stands for the number of images in a batch.

The networks are those of lecture 004: convolutions of 2 x 2 with stride 2, batch normalisation and
ReLU, down to one pixel; and the mirror image. You may copy them from your conv_deep.py if you have
done that unit; this module stands alone, so do not import it.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader

WIDTHS = (32, 64, 128, 256, 512, 1024, 1024)
"""Channels after each convolution of lecture 004's network."""


def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """Draw codes so that gradients pass (task ``reparameterise``, 5 points; lecture 004).

    z = mu + exp(logvar / 2) * eps, where each number of eps is drawn from the standard normal
    distribution: anew in each call, and for each element by itself.

    Parameters
    ----------
    mu
        Means, (B, latent).
    logvar
        Logarithms of the variances, log sigma^2, (B, latent).

    Returns
    -------
    torch.Tensor
        Codes, (B, latent), of the same dtype and on the same device. Gradients reach both
        arguments.
    """
    # TODO reparameterise: one line for the standard deviation, one for eps, one for z.
    # BEGIN SOLUTION reparameterise
    std = torch.exp(logvar / 2)
    return mu + std * torch.randn_like(std)
    # END SOLUTION


class ConvVAE(nn.Module):
    """The network (task ``vae_network``, 7 points; lecture 004).

    With n = ``len(widths)``, images have 2^n x 2^n pixels: 128 x 128 for the lecture's seven
    widths. The layers, and the shape after each:

    ================================================================  ===========================
    for each width in order: convolution to that many channels,
    2 x 2, stride 2; batch normalisation; ReLU                        (B, widths[-1], 1, 1)
    flatten                                                           (B, widths[-1])
    two linear layers side by side, fc1 and fc2: mu and logvar        (B, latent) each
    a code drawn from them with ``reparameterise``                    (B, latent)
    a third linear layer, fc3                                         (B, widths[-1])
    a map of one pixel                                                (B, widths[-1], 1, 1)
    for each of the other widths, backwards: transposed convolution
    to that many channels, 2 x 2, stride 2; batch normalisation;
    ReLU                                                              (B, widths[0], 2^(n-1), ...)
    the same to the channels of an image, with Sigmoid in place of
    ReLU; batch normalisation before it is your choice                (B, channels, 2^n, 2^n)
    ================================================================  ===========================

    Parameters
    ----------
    widths
        Channels after each convolution; any number of them.
    latent
        Length of a code.
    channels
        Channels of an image: 3 for red, green and blue.

    Attributes
    ----------
    decoder
        The network that turns codes (B, latent) into images: all from fc3 on.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        # TODO vae_network: make the layers; self.decoder holds the second half.
        # BEGIN SOLUTION vae_network
        down: list[nn.Module] = []
        for before, after in pairwise((channels, *widths)):
            down += [nn.Conv2d(before, after, 2, stride=2), nn.BatchNorm2d(after), nn.ReLU()]
        self.trunk = nn.Sequential(*down, nn.Flatten())
        self.fc1 = nn.Linear(widths[-1], latent)
        self.fc2 = nn.Linear(widths[-1], latent)
        fc3 = nn.Linear(latent, widths[-1])
        up: list[nn.Module] = [fc3, nn.Unflatten(1, (widths[-1], 1, 1))]
        for before, after in pairwise((*reversed(widths), channels)):
            up += [nn.ConvTranspose2d(before, after, 2, stride=2), nn.BatchNorm2d(after), nn.ReLU()]
        self.decoder = nn.Sequential(*up[:-1], nn.Sigmoid())
        # END SOLUTION

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Means and logarithms of variances of the codes of images.

        Parameters
        ----------
        x
            Images, (B, channels, 2^n, 2^n). In training mode B is at least 2: with one image and
            one pixel there is nothing to normalise over.

        Returns
        -------
        mu, logvar
            (B, latent) each. Both may have any values.
        """
        # TODO vae_network: the first half, up to both linear layers.
        # BEGIN SOLUTION vae_network
        features = self.trunk(x)
        return self.fc1(features), self.fc2(features)
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Encode images, draw a code for each, and decode it: in evaluation mode as in training.

        Parameters
        ----------
        x
            Images, (B, channels, 2^n, 2^n).

        Returns
        -------
        reconstruction, mu, logvar
            (B, channels, 2^n, 2^n) in [0, 1], and (B, latent) each.
        """
        # TODO vae_network: encode, reparameterise, decode.
        # BEGIN SOLUTION vae_network
        mu, logvar = self.encode(x)
        return self.decoder(reparameterise(mu, logvar)), mu, logvar
        # END SOLUTION


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The loss as lecture 004 programs it (task ``vae_loss``, 6 points).

    The squared error is the *sum* of (reconstruction - x)^2 over all pixels of all images. The
    divergence from the standard normal distribution is the *mean* over all elements of
    -1/2 * (1 + logvar - mu^2 - exp(logvar)). (Kingma and Welling, 2014, sum this as well. Here the
    mean is asked for; see the exercise sheet.)

    Parameters
    ----------
    reconstruction, x
        Images of one shape, (B, channels, H, W).
    mu, logvar
        (B, latent) each.

    Returns
    -------
    loss, squared_error, kl
        Three tensors of one number each; the first is the sum of the others.
    """
    # TODO vae_loss: one line for each of the three.
    # BEGIN SOLUTION vae_loss
    squared_error = torch.sum((reconstruction - x) ** 2)
    kl = -0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar))
    return squared_error + kl, squared_error, kl
    # END SOLUTION


def train_vae(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 1e-3
) -> list[float]:
    """Train with this loss and Adam (task ``train_vae``, 5 points; lecture 004).

    Parameters
    ----------
    model
        Gives ``(reconstruction, mu, logvar)`` of a batch of images. It is trained in place, in
        training mode, and left in evaluation mode.
    loader
        Yields ``(images, labels)``. Labels are not used; the last batch may be smaller.
    epochs
        How often to go through the data.
    lr
        Learning rate.

    Returns
    -------
    list of float
        For each epoch the squared error of an image, gathered while training: the sum over all
        images of the epoch, divided by their number.
    """
    # TODO train_vae: as for any network; only the loss is another.
    # BEGIN SOLUTION train_vae
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    errors = []
    model.train()
    for _ in range(epochs):
        total, samples = 0.0, 0
        for images, _ in loader:
            images = images.to(device)
            reconstruction, mu, logvar = model(images)
            loss, squared_error, _ = vae_loss(reconstruction, images, mu, logvar)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += squared_error.item()
            samples += len(images)
        errors.append(total / samples)
    model.eval()
    return errors
    # END SOLUTION


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    """Images that no input led to (task ``vae_pictures``, 5 points; lectures 003 and 004).

    Codes are drawn from the standard normal distribution, the prior, and decoded.

    Parameters
    ----------
    decoder
        Turns codes (B, latent) into images. It is run in evaluation mode and without a graph for
        gradients; afterwards it is in the mode that it was in before.
    latent
        Length of a code.
    count
        How many images.

    Returns
    -------
    torch.Tensor
        (count, channels, H, W); no gradients hang on it.
    """
    # TODO vae_pictures: draw the codes where the decoder's parameters are.
    # BEGIN SOLUTION vae_pictures
    codes = torch.randn(count, latent, device=next(decoder.parameters()).device)
    return decode_all(decoder, codes)
    # END SOLUTION


def interpolation_figure(
    decoder: nn.Module, starts: torch.Tensor, ends: torch.Tensor, steps: int = 8
) -> Figure:
    """Draw what lies between two codes (task ``vae_pictures``; lectures 003 and 004).

    In each row, codes go from a start to an end along a straight line in equal steps, both
    included, and are decoded.

    Parameters
    ----------
    decoder
        Turns codes (B, latent) into grey images (B, 1, H, W) in [0, 1]. As above, it is run in
        evaluation mode without a graph, and its mode comes back.
    starts, ends
        Codes, (R, latent) each, such as the ``mu`` of images.
    steps
        Images in a row, at least 2.

    Returns
    -------
    matplotlib.figure.Figure
        R rows and `steps` columns of axes, one image each, in one grey scale from 0 (black) to 1
        (white), not smoothed, without frame and ticks; and a title.
    """
    # TODO vae_pictures: the codes of all steps first; decode them; then fill the axes.
    # BEGIN SOLUTION vae_pictures
    weights = torch.linspace(0, 1, steps, device=starts.device, dtype=starts.dtype)[:, None]
    codes = starts[:, None] + weights * (ends - starts)[:, None]
    images = decode_all(decoder, codes.flatten(0, 1)).unflatten(0, codes.shape[:2])
    figure = Figure(figsize=(0.8 * steps, 0.8 * len(starts) + 0.5))
    figure.suptitle("Decoded on the straight line from one code to another")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.85, wspace=0.06, hspace=0.06)
    axes = figure.subplots(len(starts), steps, squeeze=False)
    for row in range(len(starts)):
        for column in range(steps):
            ax, image = axes[row, column], images[row, column, 0].cpu().numpy()
            ax.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
    return figure
    # END SOLUTION


def decode_all(decoder: nn.Module, codes: torch.Tensor) -> torch.Tensor:
    """Images of codes in evaluation mode, without a graph; the mode comes back. Provided."""
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(codes.to(next(decoder.parameters()).device))
    decoder.train(was_training)
    return images
