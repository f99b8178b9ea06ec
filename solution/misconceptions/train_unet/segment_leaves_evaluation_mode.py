"""Segmenting leaves the network in evaluation mode, whatever mode it was in.

Hint: Where do you keep the mode in which it came?
"""

import torch
from torch import nn


def segment(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        scores = model(images.to(next(model.parameters()).device))
    return scores.argmax(dim=1)
