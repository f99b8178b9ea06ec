"""You compute gradients but never let the optimizer make a step, so the parameters stay as they
are.

Hint: backward() only fills .grad. Which call moves the parameters?
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
            total += squared_error.item()
            samples += len(images)
        errors.append(total / samples)
    model.eval()
    return errors
