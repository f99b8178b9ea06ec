"""You left out the last, smaller batch.

Hint: How many images does an epoch of your code see?
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
    model.train()
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(images))[: len(images) // batch_size * batch_size].split(
            batch_size
        ):
            x = images[batch].to(device)
            loss = nn.functional.mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(images))
    model.eval()
    return losses
