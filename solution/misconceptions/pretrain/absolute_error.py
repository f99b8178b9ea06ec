"""You minimised the absolute error; asked for is the squared one.

Hint: What is the difference between L1 and MSE?
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
        for batch in torch.randperm(len(images)).split(batch_size):
            x = images[batch].to(device)
            loss = nn.functional.l1_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(images))
    model.eval()
    return losses
