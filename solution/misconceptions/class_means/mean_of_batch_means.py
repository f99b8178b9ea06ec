"""You averaged the means of batches, as if each batch held equally many images of a digit; the mean
is over all images of it.

Hint: A batch with one 3 and a batch with nine: how much does each 3 count in your mean?
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

    means = [[] for _ in range(10)]
    for codes, labels in batches:
        for digit in labels.unique().tolist():
            means[digit].append(codes[labels == digit].mean(dim=0))
    return torch.stack([torch.stack(found).mean(dim=0) for found in means])
