"""Augmentation and transfer learning (lecture 001).

Labels are expensive, images are cheap. Two ways to make more of few labels: *augmentation* makes
new images of those that one has, and *transfer* takes a network that has learnt something else,
here an encoder that has learnt to reconstruct images without labels. B stands for the number of
images in a batch.

Images are (1, H, W), batches (B, 1, H, W), with pixels in [0, 1]. The encoder and the decoder are
provided, so no other module is needed.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

Transform = Callable[[torch.Tensor], torch.Tensor]


class Encoder(nn.Module):
    """Lecture 001's encoder: images (B, 1, H, W) to codes (B, sizes[-1]). Provided.

    The first of the sizes is H * W. Each layer is linear, BatchNorm1d, ReLU, and, but for the code,
    dropout.
    """

    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten()]
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
            layers += [nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Codes of images."""
        return self.layers(x)


class Decoder(nn.Module):
    """Its mirror image: codes (B, sizes[-1]) to square images (B, 1, H, W). Provided."""

    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes[:0:-1]):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
            layers += [nn.Dropout(dropout)]
        side = math.isqrt(sizes[0])
        layers += [nn.Linear(sizes[1], sizes[0]), nn.Unflatten(1, (1, side, side))]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Images of codes; pixels may lie outside [0, 1]."""
        return self.layers(z)


def random_transform(image: torch.Tensor) -> torch.Tensor:
    """Change an image at random, so that its label stays right (task ``augment``, 4 points).

    Lecture 001. What you do is your choice: shift, turn, scale, add noise, or several of these. It
    differs from call to call, and changes most images; but whoever reads the digit should still
    read the same. Mirrored digits are others or none, and a 6 upside down is a 9.

    Parameters
    ----------
    image
        (1, H, W) in [0, 1]. It stays as it is.

    Returns
    -------
    torch.Tensor
        A new image of the same shape and dtype, in [0, 1].
    """
    # TODO augment: torch.nn.functional.affine_grid and grid_sample turn, scale and shift in one.
    # BEGIN SOLUTION augment
    angle = math.radians(float(torch.empty(1).uniform_(-12, 12)))
    shift = torch.empty(2).uniform_(-0.12, 0.12)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = torch.tensor([[cos, -sin, float(shift[0])], [sin, cos, float(shift[1])]])
    grid = nn.functional.affine_grid(matrix[None].to(image), [1, *image.shape], align_corners=False)
    return nn.functional.grid_sample(image[None], grid, align_corners=False)[0].clamp(0, 1)
    # END SOLUTION


class OnlineAugmented(Dataset):
    """A data set whose images are new ones each time (task ``online``, 4 points; lecture 001).

    Parameters
    ----------
    dataset
        Of pairs ``(image, label)``.
    transform
        Turns an image into another, such as ``random_transform``.
    """

    def __init__(self, dataset: Dataset, transform: Transform) -> None:
        # TODO online: nothing is transformed here.
        # BEGIN SOLUTION online
        self.dataset = dataset
        self.transform = transform
        # END SOLUTION

    def __len__(self) -> int:
        """As many as the data set has."""
        # TODO online: one line.
        # BEGIN SOLUTION online
        return len(self.dataset)
        # END SOLUTION

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The image of this index, transformed afresh in each call, and its label, unchanged."""
        # TODO online: take the pair, transform the image.
        # BEGIN SOLUTION online
        image, label = self.dataset[index]
        return self.transform(image), label
        # END SOLUTION


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    """Make a larger data set once and for all (task ``offline``, 4 points; lecture 001).

    Parameters
    ----------
    dataset
        Of N pairs ``(image, label)``.
    transform
        Turns an image into another. It is called ``copies`` times for each image, here and now.
    copies
        Transformed versions of each image, beside the image itself.

    Returns
    -------
    torch.utils.data.Dataset
        N * (1 + copies) pairs in any order: each image as it is, and its transformed versions, all
        with the label of the image. An index gives the same pair each time.
    """
    # TODO offline: gather images and labels in lists; torch.stack and TensorDataset at the end.
    # BEGIN SOLUTION offline
    pairs = [dataset[index] for index in range(len(dataset))]
    images = [image for image, _ in pairs]
    images += [transform(image) for _ in range(copies) for image, _ in pairs]
    labels = [int(label) for _, label in pairs] * (1 + copies)
    return TensorDataset(torch.stack(images), torch.tensor(labels))
    # END SOLUTION


def pretrain(
    encoder: nn.Module,
    decoder: nn.Module,
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 3e-3,
) -> list[float]:
    """Train an auto-encoder on images without labels (task ``pretrain``, 4 points; lecture 001).

    Parameters
    ----------
    encoder, decoder
        The halves. Both are trained in place by one Adam, in training mode, and left in evaluation
        mode. The loss is the mean squared error between the decoded codes and the images.
    images
        (N, 1, H, W). There are no labels.
    epochs
        How often to go through the images, in a new random order each time.
    batch_size
        Images of a step; the last batch of an epoch has the rest.
    lr
        Learning rate of Adam.

    Returns
    -------
    list of float
        For each epoch the loss, gathered while training: the mean over all images.
    """
    # TODO pretrain: a DataLoader takes a tensor of images, too.
    # BEGIN SOLUTION pretrain
    model = nn.Sequential(encoder, decoder)
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch].to(device)
            loss = nn.functional.mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(images))
    model.eval()
    return losses
    # END SOLUTION


class Classifier(nn.Module):
    """An encoder and a head that tells digits by their codes (task ``classifier``, 3 points).

    Lecture 001. The head is one linear layer with a bias, from a code to a score for each class.

    Parameters
    ----------
    encoder
        Turns images into codes (B, k). It is used as it is, not copied, so that it is trained along
        with the head.
    k
        Length of a code.
    classes
        Number of classes.

    Attributes
    ----------
    encoder
        The encoder given.
    """

    def __init__(self, encoder: nn.Module, k: int = 20, classes: int = 10) -> None:
        super().__init__()
        # TODO classifier: keep the encoder, make the head.
        # BEGIN SOLUTION classifier
        self.encoder = encoder
        self.head = nn.Linear(k, classes)
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Score images.

        Parameters
        ----------
        x
            (B, 1, H, W).

        Returns
        -------
        torch.Tensor
            Scores (B, classes) that may have any values: no softmax, which is part of the loss.
        """
        # TODO classifier: one half after the other.
        # BEGIN SOLUTION classifier
        return self.head(self.encoder(x))
        # END SOLUTION


def train_classifier(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 3e-3
) -> list[float]:
    """Train a classifier (task ``train_classifier``, 4 points; lecture 001).

    Parameters
    ----------
    model
        Gives scores (B, classes) of images. All of its parameters are trained in place by one Adam,
        in training mode; it is left in evaluation mode.
    loader
        Yields ``(images, labels)``; the last batch may be smaller.
    epochs, lr
        How often to go through the data, and Adam's learning rate.

    Returns
    -------
    list of float
        For each epoch the cross-entropy, gathered while training: the mean over all images.
    """
    # TODO train_classifier: nn.functional.cross_entropy takes scores and labels.
    # BEGIN SOLUTION train_classifier
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total, samples = 0.0, 0
        for images, labels in loader:
            loss = nn.functional.cross_entropy(model(images.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    model.eval()
    return losses
    # END SOLUTION


def with_and_without(
    images: torch.Tensor,
    loader: DataLoader,
    sizes: Sequence[int] = (784, 500, 100, 20),
    dropout: float = 0.5,
    pretraining_epochs: int = 10,
    epochs: int = 10,
    lr: float = 3e-3,
) -> tuple[nn.Module, nn.Module]:
    """Train one classifier with pre-training and one without (task ``transfer``, 5 points).

    Lecture 001. Both have an encoder of the same sizes, both start from new random numbers, and
    both are trained with ``train_classifier`` on the same few labels, all of their parameters. The
    only difference: the encoder of the first has been pre-trained.

    Parameters
    ----------
    images
        Many images without labels, (N, 1, H, W).
    loader
        Of few images with labels.
    sizes, dropout
        Of the encoders, and of the decoder that pre-training needs.
    pretraining_epochs
        Epochs of ``pretrain``, which has its own defaults for the rest.
    epochs, lr
        Of ``train_classifier``, the same for both.

    Returns
    -------
    pretrained, from_scratch
        Two trained classifiers.
    """
    # TODO transfer: two classifiers; pre-train the encoder of one of them before you train both.
    # BEGIN SOLUTION transfer
    encoder = Encoder(sizes, dropout)
    pretrain(encoder, Decoder(sizes, dropout), images, pretraining_epochs)
    pretrained = Classifier(encoder, sizes[-1])
    from_scratch = Classifier(Encoder(sizes, dropout), sizes[-1])
    for model in (pretrained, from_scratch):
        train_classifier(model, loader, epochs, lr)
    return pretrained, from_scratch
    # END SOLUTION
