"""You left the encoder in evaluation mode, whatever mode it was in before.

Hint: What did the caller have the encoder in?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def face_codes(encoder: nn.Module, loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    encoder.eval()
    codes, labels = [], []
    with torch.no_grad():
        for images, targets in loader:
            codes.append(encoder(images))
            labels.append(targets)
    return torch.cat(codes), torch.cat(labels)
