"""You left the encoder in evaluation mode after taking the codes.

Hint: What would you have to remember before calling eval(), to put it back afterwards?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def class_means(encoder: nn.Module, loader: DataLoader) -> torch.Tensor:
    device = next(encoder.parameters()).device
    encoder.eval()
    with torch.no_grad():
        batches = [(encoder(images.to(device)), labels.to(device)) for images, labels in loader]

    codes = torch.cat([batch_codes for batch_codes, _ in batches])
    labels = torch.cat([batch_labels for _, batch_labels in batches])
    return torch.stack([codes[labels == digit].mean(dim=0) for digit in range(10)])
