"""You put the digits in the order in which they first appear; row d belongs to the digit d,
whatever comes first.

Hint: Give the loader's images in another order. Does row 0 still belong to the digit 0?
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
    order = list(dict.fromkeys(labels.tolist()))
    return torch.stack([codes[labels == digit].mean(dim=0) for digit in order])
