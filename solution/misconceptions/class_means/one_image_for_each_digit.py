"""You kept one code for each digit, that of a single image, instead of the mean over all of them.

Hint: What happens in your code to the first image of a digit when the second one comes?
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
    return torch.stack([codes[labels == digit][-1] for digit in range(10)])
