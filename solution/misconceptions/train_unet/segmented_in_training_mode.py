"""You segment in the mode in which the network came, so an image depends on the others of its
batch.

Hint: Segment one image alone and with others: are the label maps the same?
"""

import torch
from torch import nn


def segment(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    with torch.no_grad():
        scores = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return scores.argmax(dim=1)
