"""You went through the loader twice, once for codes and once for labels, and a loader that shuffles
gives another order each time.

Hint: What does your function give for a loader with shuffle=True?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def face_codes(encoder: nn.Module, loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad():
        codes = [encoder(images) for images, _ in loader]
        labels = [targets for _, targets in loader]
    encoder.train(was_training)
    return torch.cat(codes), torch.cat(labels)
