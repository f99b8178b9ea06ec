"""You left the network in training mode; an image that is then looked at depends on the others of
its batch.

Hint: What does the docstring say about the mode after training?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_vae(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 0.001
) -> list[float]:
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    errors = []
    model.train()
    for _ in range(epochs):
        total, samples = (0.0, 0)
        for images, _ in loader:
            images = images.to(device)
            reconstruction, mu, logvar = model(images)
            loss, squared_error, _ = vae_loss(reconstruction, images, mu, logvar)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += squared_error.item()
            samples += len(images)
        errors.append(total / samples)
    return errors
