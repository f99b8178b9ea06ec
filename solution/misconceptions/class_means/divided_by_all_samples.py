"""You divided the sum of a digit's codes by the number of all images; a digit's mean divides by how
many images it has.

Hint: What would your function return for ten images, one of each digit, that all have the same
code?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def class_means(encoder: nn.Module, loader: DataLoader) -> torch.Tensor:
    device = next(encoder.parameters()).device
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad():
        batches = [(encoder(images.to(device)), labels.to(device)) for images, labels in loader]
    encoder.train(was_training)

    codes = torch.cat([batch_codes for batch_codes, _ in batches])
    labels = torch.cat([batch_labels for _, batch_labels in batches])
    return torch.stack([codes[labels == digit].sum(dim=0) / len(labels) for digit in range(10)])
