"""You call backward() while validating, so gradients of validation data lie in .grad when training
goes on.

Hint: Which line of the training loop did you take along that only training needs?
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
        loss = criterion(model(images), images)
        loss.backward()
        total += loss.item() * len(images)
        samples += len(images)
    model.train(was_training)
    return total / samples
