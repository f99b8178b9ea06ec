"""You averaged the images of each digit and encoded the mean image; asked for is the mean of their
codes, which is something else.

Hint: The encoder is no linear map. In which order do averaging and encoding come in the docstring?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def class_means(encoder: nn.Module, loader: DataLoader) -> torch.Tensor:
    device = next(encoder.parameters()).device
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad():
        batches = [(images.to(device), labels.to(device)) for images, labels in loader]
    codes = torch.cat([batch_codes for batch_codes, _ in batches])
    labels = torch.cat([batch_labels for _, batch_labels in batches])
    means = torch.stack([codes[labels == digit].mean(dim=0) for digit in range(10)])
    with torch.no_grad():
        result = encoder(means)
    encoder.train(was_training)
    return result
