"""You compared scores with the labels written as ones and zeros by the squared error; asked for
is the cross-entropy.

Hint: Which loss does the docstring name?
"""

import torch
from torch import nn
from torch.utils.data import DataLoader


def train_classifier(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 0.003
) -> list[float]:
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total, samples = 0.0, 0
        for images, labels in loader:
            loss = nn.functional.mse_loss(
                (scores := model(images.to(device))),
                nn.functional.one_hot(labels, scores.shape[1]).to(scores),
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    model.eval()
    return losses
