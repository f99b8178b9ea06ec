"""Gradients from torch.autograd.grad, put where the optimizer looks; nothing accumulates."""

import torch


def train_epoch(model, loader, optimizer):
    model.train()
    parameters = list(model.parameters())
    squares = pixels = 0
    for images, _ in loader:
        images = images.to(parameters[0].device)
        difference = model(images) - images
        loss = difference.square().mean()
        for parameter, gradient in zip(
            parameters, torch.autograd.grad(loss, parameters), strict=True
        ):
            parameter.grad = gradient
        optimizer.step()
        squares += difference.detach().square().sum().item()
        pixels += images.numel()
    return squares / pixels
