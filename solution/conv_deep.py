"""Deeper convolutional auto-encoders (lectures 002 and 004).

Three networks: the one of lecture 002, with three convolutions and no linear layer; a variant of it
that halves sizes by max pooling and doubles them by unpooling; and the deep one of lecture 004,
which brings an image of 128 x 128 pixels down to one pixel of many channels. B stands for the
number of images in a batch.

The activation is ReLU everywhere, as in the lectures. Whether a convolution has a bias is your
choice: in front of batch normalisation a bias does nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.utils.data import DataLoader

WIDTHS = (32, 64, 128, 256, 512, 1024, 1024)
"""Channels after each convolution of lecture 004's network."""


class StridedAutoEncoder(nn.Module):
    """Lecture 002's network for digits (task ``strided_autoencoder``, 6 points).

    With ``channels = (c1, c2, c3)``, the layers and the shape after each:

    ================================================================  ===============
    input                                                             (B, 1, 28, 28)
    convolution 1 to c1 channels, kernel 3 x 3, stride 2, padding 1   (B, c1, 14, 14)
    ReLU
    convolution c1 to c2 channels, the same otherwise                 (B, c2, 7, 7)
    ReLU
    convolution c2 to c3 channels, kernel 7 x 7                       (B, c3, 1, 1)
    transposed convolution c3 to c2 channels, kernel 7 x 7            (B, c2, 7, 7)
    ReLU
    transposed convolution c2 to c1 channels, kernel 3 x 3,
    stride 2, padding 1, output padding 1                             (B, c1, 14, 14)
    ReLU
    transposed convolution c1 to 1 channel, the same otherwise        (B, 1, 28, 28)
    Sigmoid
    ================================================================  ===============

    The lecture's program ends in a ReLU; its text asks for a Sigmoid, and so do we.

    Parameters
    ----------
    channels
        c1, c2 and c3; the lecture has 16, 32 and 64.

    Attributes
    ----------
    encoder
        Turns images (B, 1, 28, 28) into codes (B, c3, 1, 1).
    decoder
        Turns codes (B, c3, 1, 1) into images (B, 1, 28, 28) in [0, 1].
    """

    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        # TODO strided_autoencoder: make both halves, as attributes of these names.
        # BEGIN SOLUTION strided_autoencoder
        c1, c2, c3 = channels
        halving = {"kernel_size": 3, "stride": 2, "padding": 1}
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c1, **halving),
            nn.ReLU(),
            nn.Conv2d(c1, c2, **halving),
            nn.ReLU(),
            nn.Conv2d(c2, c3, kernel_size=7),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(c3, c2, kernel_size=7),
            nn.ReLU(),
            nn.ConvTranspose2d(c2, c1, **halving, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(c1, 1, **halving, output_padding=1),
            nn.Sigmoid(),
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode and decode a batch of images.

        Parameters
        ----------
        x
            Images, (B, 1, 28, 28).

        Returns
        -------
        torch.Tensor
            Reconstructions, (B, 1, 28, 28) in [0, 1].
        """
        # TODO strided_autoencoder: one half after the other.
        # BEGIN SOLUTION strided_autoencoder
        return self.decoder(self.encoder(x))
        # END SOLUTION


class PoolingAutoEncoder(nn.Module):
    """The same with max pooling and unpooling (task ``pooling_autoencoder``, 5 points).

    Lectures 002 and 004. With ``channels = (c1, c2, c3)``, the layers and the shape after each:

    ================================================================  ===============
    input                                                             (B, 1, 28, 28)
    convolution 1 to c1 channels, kernel 3 x 3, padding 1, ReLU       (B, c1, 28, 28)
    max pooling 2 x 2, its indices kept                               (B, c1, 14, 14)
    convolution c1 to c2 channels, kernel 3 x 3, padding 1, ReLU      (B, c2, 14, 14)
    max pooling 2 x 2, its indices kept                               (B, c2, 7, 7)
    convolution c2 to c3 channels, kernel 7 x 7                       (B, c3, 1, 1)
    transposed convolution c3 to c2 channels, kernel 7 x 7, ReLU      (B, c2, 7, 7)
    unpooling with the indices of the second pooling                  (B, c2, 14, 14)
    transposed convolution c2 to c1, kernel 3 x 3, padding 1, ReLU    (B, c1, 14, 14)
    unpooling with the indices of the first pooling                   (B, c1, 28, 28)
    transposed convolution c1 to 1, kernel 3 x 3, padding 1, Sigmoid  (B, 1, 28, 28)
    ================================================================  ===============

    Unpooling puts each value where the maximum of its 2 x 2 window was, and 0 elsewhere.

    Parameters
    ----------
    channels
        c1, c2 and c3.
    """

    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        # TODO pooling_autoencoder: make the layers.
        # BEGIN SOLUTION pooling_autoencoder
        c1, c2, c3 = channels
        self.conv1 = nn.Conv2d(1, c1, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(c1, c2, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(c2, c3, kernel_size=7)
        self.deconv3 = nn.ConvTranspose2d(c3, c2, kernel_size=7)
        self.deconv2 = nn.ConvTranspose2d(c2, c1, kernel_size=3, padding=1)
        self.deconv1 = nn.ConvTranspose2d(c1, 1, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2)
        # END SOLUTION

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Encode a batch of images, and say where the maxima were.

        Parameters
        ----------
        x
            Images, (B, 1, 28, 28).

        Returns
        -------
        code
            (B, c3, 1, 1).
        indices
            Of the first pooling, (B, c1, 14, 14), and of the second, (B, c2, 7, 7), as
            ``torch.nn.MaxPool2d`` gives them: int64, counted row by row in each map.
        """
        # TODO pooling_autoencoder: convolve, rectify, pool; keep the indices.
        # BEGIN SOLUTION pooling_autoencoder
        x, first = self.pool(torch.relu(self.conv1(x)))
        x, second = self.pool(torch.relu(self.conv2(x)))
        return self.conv3(x), [first, second]
        # END SOLUTION

    def decode(self, code: torch.Tensor, indices: Sequence[torch.Tensor]) -> torch.Tensor:
        """Decode a batch of codes.

        Parameters
        ----------
        code, indices
            As ``encode`` returns them.

        Returns
        -------
        torch.Tensor
            Images, (B, 1, 28, 28) in [0, 1].
        """
        # TODO pooling_autoencoder: the layers backwards, each unpooling with its own indices.
        # BEGIN SOLUTION pooling_autoencoder
        first, second = indices
        x = self.unpool(torch.relu(self.deconv3(code)), second)
        x = self.unpool(torch.relu(self.deconv2(x)), first)
        return torch.sigmoid(self.deconv1(x))
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode and decode a batch of images, (B, 1, 28, 28) to (B, 1, 28, 28)."""
        return self.decode(*self.encode(x))


class DeepEncoder(nn.Module):
    """The first half of lecture 004's network (task ``deep_encoder``, 6 points).

    With n = ``len(widths)``, images have 2^n x 2^n pixels: 128 x 128 for the lecture's seven
    widths. For each width, in order:

    ==============================================================  ==========================
    convolution to that many channels, kernel 2 x 2, stride 2       height and width are halved
    batch normalisation over the channels
    ReLU
    ==============================================================  ==========================

    Then a map of 1 x 1 pixel is left, (B, widths[-1], 1, 1). It is flattened, and a linear layer
    makes the code. Nothing follows it.

    Parameters
    ----------
    widths
        Channels after each convolution; any number of them.
    latent
        Length of a code.
    channels
        Channels of an image: 3 for red, green and blue.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        # TODO deep_encoder: a loop over the widths is shorter than seven times three lines.
        # BEGIN SOLUTION deep_encoder
        layers: list[nn.Module] = []
        for before, after in zip((channels, *widths), widths, strict=False):
            layers += [
                nn.Conv2d(before, after, kernel_size=2, stride=2),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        # The weights of the convolutions are 4 * before * after numbers each: 6,988,160 with the
        # lecture's widths. Biases add 3,040, batch normalisation 2 * 3,040, and the linear layer
        # 1,024 * 64 + 64 = 65,600: in all 7,062,880.
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1], latent))
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode a batch of images.

        Parameters
        ----------
        x
            Images, (B, channels, 2^n, 2^n). In training mode B is at least 2: with one image and
            one pixel there is nothing to normalise over.

        Returns
        -------
        torch.Tensor
            Codes, (B, latent).
        """
        # TODO deep_encoder: apply the layers in order.
        # BEGIN SOLUTION deep_encoder
        return self.layers(x)
        # END SOLUTION


class DeepDecoder(nn.Module):
    """The second half of lecture 004's network (task ``deep_decoder``, 6 points).

    The mirror image of the encoder. A linear layer makes ``widths[-1]`` numbers of a code, which
    become a map of 1 x 1 pixel. Then, for each of the other widths from the last to the first, and
    at the end for the channels of an image:

    ==============================================================  ===========================
    transposed convolution to that many channels, 2 x 2, stride 2   height and width are doubled
    batch normalisation over the channels
    ReLU; after the last transposed convolution Sigmoid instead
    ==============================================================  ===========================

    Whether the last step normalises, as in the lecture, is your choice.

    Parameters
    ----------
    widths, latent, channels
        As in the encoder.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        # TODO deep_decoder: the encoder's widths backwards.
        # BEGIN SOLUTION deep_decoder
        backwards = (*reversed(widths), channels)
        layers: list[nn.Module] = [
            nn.Linear(latent, widths[-1]),
            nn.Unflatten(1, (widths[-1], 1, 1)),
        ]
        for before, after in pairwise(backwards):
            layers += [
                nn.ConvTranspose2d(before, after, kernel_size=2, stride=2),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        # As many weights of convolutions as in the encoder, 6,988,160; 2,019 biases, since the last
        # layer has 3 channels and the first 1,024 twice; 2 * 2,019 of batch normalisation; and
        # 64 * 1,024 + 1,024 = 66,560 of the linear layer: 7,060,777. Encoder and decoder together
        # have 14,123,657 parameters, the lecture's 14.1 million.
        layers[-1] = nn.Sigmoid()
        self.layers = nn.Sequential(*layers)
        # END SOLUTION

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Decode a batch of codes.

        Parameters
        ----------
        z
            Codes, (B, latent).

        Returns
        -------
        torch.Tensor
            Images, (B, channels, 2^n, 2^n) in [0, 1].
        """
        # TODO deep_decoder: apply the layers in order.
        # BEGIN SOLUTION deep_decoder
        return self.layers(z)
        # END SOLUTION


class DeepAutoEncoder(nn.Module):
    """Both halves of lecture 004's network, cascaded; provided.

    Parameters
    ----------
    widths, latent, channels
        As in the encoder. With the lecture's widths, latent 64 and 3 channels, both halves have
        14.1 million parameters.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.encoder = DeepEncoder(widths, latent, channels)
        self.decoder = DeepDecoder(widths, latent, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode and decode a batch of images, (B, channels, 2^n, 2^n)."""
        return self.decoder(self.encoder(x))


def train_deep(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 1e-3
) -> list[float]:
    """Train an auto-encoder (task ``train_deep``, 5 points; lectures 002 and 004).

    The loss is the mean squared error between output and input. Adam makes one step for each batch.

    Parameters
    ----------
    model
        Maps a batch of images to images of the same shape. It is trained in place, in training
        mode, and left in evaluation mode: batch normalisation then uses its running averages.
    loader
        Yields ``(images, labels)``. Labels are not used; the last batch may be smaller.
    epochs
        How often to go through the data.
    lr
        Learning rate.

    Returns
    -------
    list of float
        For each epoch the mean loss over its samples, gathered while training. (The lecture keeps
        the loss of the last batch instead, which jumps about.)
    """
    # TODO train_deep: make the optimizer (torch.optim.Adam) once; loop over epochs and batches.
    # BEGIN SOLUTION train_deep
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total, samples = 0.0, 0
        for images, _ in loader:
            images = images.to(device)
            loss = nn.functional.mse_loss(model(images), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    model.eval()
    return losses
    # END SOLUTION
