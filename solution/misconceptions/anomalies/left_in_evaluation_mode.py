"""You leave the network in evaluation mode.

Hint: In which mode did it come, and where do you keep that?
"""

import torch
from torch import nn


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        outputs = model(images.to(next(model.parameters()).device))
    return ((outputs.to(images.device) - images) ** 2).flatten(1).mean(dim=1)
