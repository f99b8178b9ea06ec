"""The optimizer calls a function that computes loss and gradients, as LBFGS would need it."""

from torch import nn


def train_epoch(model, loader, optimizer):
    device = next(model.parameters()).device
    model.train(True)
    weighted = 0.0
    count = 0
    for images, _ in loader:
        images = images.to(device)

        def closure(images=images):
            optimizer.zero_grad(set_to_none=False)
            loss = nn.functional.mse_loss(model(images), images)
            loss.backward()
            return loss

        weighted += float(optimizer.step(closure)) * images.size(0)
        count += images.size(0)
    return weighted / count
