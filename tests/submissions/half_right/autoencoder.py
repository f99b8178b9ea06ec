# Everything is begun, and in every function something is missing.
"""The convolutional auto-encoder (lecture 000, Tasks 2 to 4 and Test 1).

The encoder squeezes an image into a code of k numbers, the decoder makes an image from a code,
and the auto-encoder is one after the other. B stands for the number of images in a batch; every
B works, also 1. q1 and q2 are numbers of channels.
"""

import torch
from torch import nn


class Encoder(nn.Module):
    """Images to codes (task ``encoder``, 10 points; lecture 000, Task 2).

    The layers, and the shape after each:

    ===============================================================  ===============
    input                                                            (B, 1, 28, 28)
    convolution 1 to q1 channels, kernel 5 x 5, stride 2, padding 2  (B, q1, 14, 14)
    activation
    convolution q1 to q2 channels, the same otherwise                (B, q2, 7, 7)
    flatten                                                          (B, q2 * 7 * 7)
    activation
    linear                                                           (B, k)
    ===============================================================  ===============

    The activation function is your choice; the exercise sheet says what differs. There is none
    after the last layer.

    Parameters
    ----------
    q1, q2
        Channels after the first and the second convolution.
    k
        Length of a code.
    """

    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, q1, kernel_size=5, stride=2, padding=2)
        self.conv2 = nn.Conv2d(q1, q2, kernel_size=5, stride=2, padding=2)
        self.fc = nn.Linear(q2 * 7 * 7, k)
        self.activation = nn.ELU()  # with ReLU, 6 of 12 starts got stuck on a black image

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Encode a batch of images.

        Parameters
        ----------
        x
            Images, (B, 1, 28, 28).

        Returns
        -------
        torch.Tensor
            Codes, (B, k), of the same dtype and on the same device.
        """
        x = self.activation(self.conv1(x))
        x = self.conv2(x).flatten(start_dim=1)
        return torch.tanh(self.fc(self.activation(x)))


class Decoder(nn.Module):
    """Codes to images (task ``decoder``, 10 points; lecture 000, Task 3).

    The encoder's layers backwards, and the shape after each:

    ===============================================================  ===============
    input                                                            (B, k)
    linear                                                           (B, q2 * 7 * 7)
    activation
    reshape                                                          (B, q2, 7, 7)
    transposed convolution q2 to q1 channels, kernel 5 x 5,
    stride 2, padding 2, with an output padding                      (B, q1, 14, 14)
    activation
    transposed convolution q1 to 1 channel, the same otherwise       (B, 1, 28, 28)
    ===============================================================  ===============

    Output values lie in [0, 1], whatever the code. How, is your choice, as long as gradients
    still reach the parameters.

    Parameters
    ----------
    q1, q2, k
        As in the encoder.
    """

    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.fc = nn.Linear(k, q2 * 7 * 7)
        self.unflatten = nn.Unflatten(1, (q2, 7, 7))
        self.deconv1 = nn.ConvTranspose2d(
            q2, q1, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.deconv2 = nn.ConvTranspose2d(
            q1, 1, kernel_size=5, stride=2, padding=2, output_padding=1
        )
        self.activation = nn.ELU()
        self.to_pixels = nn.Sigmoid()

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Decode a batch of codes.

        Parameters
        ----------
        z
            Codes, (B, k).

        Returns
        -------
        torch.Tensor
            Images, (B, 1, 28, 28) in [0, 1], of the same dtype and on the same device.
        """
        x = self.unflatten(self.activation(self.fc(z)))
        x = self.activation(self.deconv1(x))
        return self.deconv2(x).clamp(0, 1)


class AutoEncoder(nn.Module):
    """Images to reconstructions of them (task ``autoencoder``, 6 points; lecture 000, Task 4).

    Parameters
    ----------
    q1, q2, k
        As in the encoder and the decoder.

    Attributes
    ----------
    encoder
        The network that turns images into codes.
    decoder
        The network that turns codes into images.
    """

    def __init__(self, q1: int = 32, q2: int = 32, k: int = 10) -> None:
        super().__init__()
        self.encoder = Encoder(32, 32, 10)
        self.decoder = Decoder(32, 32, 10)

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
        return self.decoder(self.encoder(x))
