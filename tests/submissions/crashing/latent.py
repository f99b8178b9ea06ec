# Functions that raise: a wrong size, a name that is not there, arguments in the wrong order.
"""The latent space: what codes have to do with digits (lecture 000, Tasks 7 and 8).

A code is the output of the encoder, k numbers. Nobody told the network about digits, yet codes of
the same digit lie near each other, and points between two codes decode to something.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def class_means(encoder: nn.Module, loader: DataLoader) -> torch.Tensor:
    """Average the codes of each digit (task ``class_means``, 5 points; lecture 000, Task 7).

    The encoder is run in evaluation mode and without a graph for gradients; afterwards it is in
    the mode that it was in before.

    Parameters
    ----------
    encoder
        Maps images (B, 1, 28, 28) to codes (B, k).
    loader
        Yields ``(images, labels)``; labels are integers from 0 to 9, in any order, and each occurs
        at least once. The last batch may be smaller than the others.

    Returns
    -------
    torch.Tensor
        (10, k). Row d is the mean over all samples with label d of their codes.
    """
    device = next(encoder.parameters()).device
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad():
        batches = [(encoder(images.to(device)), labels.to(device)) for images, labels in loader]
    encoder.train(was_training)

    codes = torch.cat(0, [batch_codes for batch_codes, _ in batches])
    labels = torch.cat([batch_labels for _, batch_labels in batches])
    return torch.stack([codes[labels == digit].mean(dim=0) for digit in range(10)])


def decode_mixtures(decoder: nn.Module, means: torch.Tensor) -> torch.Tensor:
    """Decode midpoints of all pairs of codes (task ``mixtures``, 5 points; lecture 000, Task 8).

    The decoder is run in evaluation mode and without a graph for gradients; afterwards it is in
    the mode that it was in before.

    Parameters
    ----------
    decoder
        Maps codes (B, k) to images (B, 1, 28, 28).
    means
        A code for each digit, (10, k).

    Returns
    -------
    torch.Tensor
        Images, (10, 10, 1, 28, 28). Image ``[a, b]`` is the decoded midpoint of the codes of the
        digits a and b; ``[a, a]`` is the decoded code of the digit a itself.
    """
    means = means.to(next(decoder.parameters()).device)
    midpoints = (means[:, None] + means[None, :]) / 2  # (10, 10, k)
    was_training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(midpoints.flatten(0, 1))  # (100, 1, 28, 28)
    decoder.train(was_training)
    return images.unflatten(0, (10, 10))
