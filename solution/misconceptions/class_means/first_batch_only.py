"""You used the first batch alone; the means are over all samples of the loader.

Hint: What does next(iter(loader)) leave out?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def class_means(encoder: nn.Module, loader: DataLoader) -> torch.Tensor:
    device = next(encoder.parameters()).device
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad():
        images, labels = next(iter(loader))
        batches = [(encoder(images.to(device)), labels.to(device))]
    encoder.train(was_training)

    codes = torch.cat([batch_codes for batch_codes, _ in batches])
    labels = torch.cat([batch_labels for _, batch_labels in batches])
    return torch.stack([codes[labels == digit].mean(dim=0) for digit in range(10)])
