"""Gradients are cleared after each step, and errors summed up as a tensor."""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_vae(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 1e-3
) -> list[float]:
    device = next(model.parameters()).device
    adam = torch.optim.Adam(model.parameters(), lr)
    history = []
    for _ in range(epochs):
        model.train()
        errors, images = [], 0
        for batch in loader:
            x = batch[0].to(device)
            output, mu, logvar = model(x)
            losses = vae_loss(output, x, mu, logvar)
            losses[0].backward()
            adam.step()
            adam.zero_grad()
            errors.append(losses[1].detach())
            images += x.shape[0]
        history.append(float(torch.stack(errors).sum()) / images)
        model.eval()
    return history
