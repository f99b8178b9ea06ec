"""Batches from a DataLoader, the halves one after the other."""

import torch
from torch import nn
from torch.utils.data import DataLoader


def pretrain(
    encoder: nn.Module,
    decoder: nn.Module,
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 3e-3,
) -> list[float]:
    device = next(encoder.parameters()).device
    adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr)
    history = []
    for _ in range(epochs):
        encoder.train()
        decoder.train()
        errors = []
        for x in DataLoader(images, batch_size=batch_size, shuffle=True):
            x = x.to(device)
            adam.zero_grad()
            error = (decoder(encoder(x)) - x).square().flatten(1).mean(dim=1)
            error.mean().backward()
            adam.step()
            errors.append(error.detach())
        history.append(torch.cat(errors).mean().item())
    encoder.eval()
    decoder.eval()
    return history
