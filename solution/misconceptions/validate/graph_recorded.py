"""You validate while PyTorch records a graph for gradients that nobody will ask for; eval() does
not switch that off.

Hint: Evaluation mode and recording are two separate switches. Which one have you not touched?

Source: https://openillumi.com/en/en-pytorch-inference-mode-no-grad-eval
"""

from torch import nn
from torch.utils.data import DataLoader


def validate(model: nn.Module, loader: DataLoader) -> float:
    device = next(model.parameters()).device
    criterion = nn.MSELoss()
    was_training = model.training
    model.eval()
    total, samples = 0.0, 0
    for images, _ in loader:
        images = images.to(device)
        total += criterion(model(images), images).item() * len(images)
        samples += len(images)
    model.train(was_training)
    return total / samples
