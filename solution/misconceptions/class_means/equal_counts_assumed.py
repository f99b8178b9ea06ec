"""You divided by a tenth of the number of images, as if each digit came equally often; a loader
need not be balanced.

Hint: Where does your code look at how many images of a digit there are?
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
    return torch.stack(
        [codes[labels == digit].sum(dim=0) / (len(labels) / 10) for digit in range(10)]
    )
