"""You did not put the network into training mode.

Hint: In which mode is a network that somebody has evaluated before?
"""

import torch
from torch import nn


def pretrain(
    encoder: nn.Module,
    decoder: nn.Module,
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 0.003,
) -> list[float]:
    model = nn.Sequential(encoder, decoder)
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch].to(device)
            loss = nn.functional.mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(images))
    model.eval()
    return losses
