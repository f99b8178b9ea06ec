"""Gradients are cleared after each step, by the network instead of the optimizer, and the mean
square is written out.
"""


def train_epoch(model, loader, optimizer):
    model.train()
    device = next(model.parameters()).device
    losses, sizes = [], []
    for batch in loader:
        x = batch[0].to(device)
        loss = ((model(x) - x) ** 2).mean()
        loss.backward()
        optimizer.step()
        model.zero_grad()
        losses.append(loss.item())
        sizes.append(x.shape[0])
    return sum(a * b for a, b in zip(losses, sizes, strict=True)) / sum(sizes)
