"""You report the mean over pixels; asked for is the sum over the pixels of an image.

Hint: How many pixels has an image, and where do you divide by that?
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
            loss, _, _ = vae_loss(reconstruction, images, mu, logvar)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += nn.functional.mse_loss(reconstruction, images).item() * len(images)
            samples += len(images)
        errors.append(total / samples)
    model.eval()
    return errors
