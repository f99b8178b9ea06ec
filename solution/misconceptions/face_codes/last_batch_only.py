"""You kept the codes of the last batch only.

Hint: How many faces are in the loader, and how many codes come back?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def face_codes(encoder: nn.Module, loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    was_training = encoder.training
    encoder.eval()
    codes, labels = ([], [])
    with torch.no_grad():
        for images, targets in loader:
            codes = [encoder(images)]
            labels = [targets]
    encoder.train(was_training)
    return (torch.cat(codes), torch.cat(labels))
