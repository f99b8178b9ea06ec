"""Training and validation of an auto-encoder (lecture 000, Task 5).

Any network that turns a batch of images into images of the same shape can be trained here. A
loader yields pairs ``(images, labels)``; images are (B, 1, 28, 28), and labels are not used. The
loss is the mean squared error (MSE) between a network's output and its input, the mean over all
pixels of all images. The network may live on another device than the data, such as a GPU.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    """Train for one epoch (task ``train_epoch``, 8 points; lecture 000, Task 5).

    Parameters
    ----------
    model
        Maps (B, 1, 28, 28) to (B, 1, 28, 28). It is trained, in training mode.
    loader
        Yields ``(images, labels)``. The last batch may be smaller than the others.
    optimizer
        Updates the model's parameters, once a batch.

    Returns
    -------
    float
        The training MSE: the mean over all samples of the epoch, each with the network as it was
        when its batch came. A batch counts by its number of samples.
    """
    # TODO train_epoch: for each batch: output, loss, gradients, one step of the optimizer.
    # Gradients add up in PyTorch: think of what must happen to those of the batch before.
    raise NotImplementedError("TODO train_epoch")
    # END TODO


def validate(model: nn.Module, loader: DataLoader) -> float:
    """Measure the loss on validation data (task ``validate``, 6 points; lecture 000, Task 5).

    Nothing about the model changes: neither parameters nor buffers nor gradients. It is evaluated
    in evaluation mode and without recording a graph for gradients. Afterwards it is in the mode,
    training or evaluation, that it was in before.

    Parameters
    ----------
    model
        Maps (B, 1, 28, 28) to (B, 1, 28, 28).
    loader
        Yields ``(images, labels)``. The last batch may be smaller than the others.

    Returns
    -------
    float
        The MSE, the mean over all samples: a batch counts by its number of samples.
    """
    # TODO validate: like an epoch of training, without the training.
    raise NotImplementedError("TODO validate")
    # END TODO


def train(
    model: nn.Module,
    train_loader: DataLoader,
    validation_loader: DataLoader,
    epochs: int = 10,
    lr: float = 1e-3,
) -> dict[str, list[float]]:
    """Train and validate for some epochs (task ``train``, 8 points; lecture 000, Task 5).

    Parameters
    ----------
    model
        Maps (B, 1, 28, 28) to (B, 1, 28, 28). It is trained in place.
    train_loader, validation_loader
        Yield ``(images, labels)``. The model never learns from the second.
    epochs
        How often to go through the training data.
    lr
        Learning rate of Adam. If the validation loss does not move after epoch 2, lower it.

    Returns
    -------
    dict
        ``"train_loss"`` and ``"validation_loss"``: a list of floats each, one an epoch. The
        training loss is gathered during the epoch, the validation loss measured after it.
    """
    # TODO train: make the optimizer (torch.optim.Adam), once; then use the two functions above.
    raise NotImplementedError("TODO train")
    # END TODO
