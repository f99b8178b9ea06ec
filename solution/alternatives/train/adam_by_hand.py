"""Adam written out from its paper, as an optimizer of its own."""

import torch


class HandmadeAdam(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["t"] += 1
                state["m"] = 0.9 * state["m"] + 0.1 * p.grad
                state["v"] = 0.999 * state["v"] + 0.001 * p.grad**2
                m = state["m"] / (1 - 0.9 ** state["t"])
                v = state["v"] / (1 - 0.999 ** state["t"])
                p -= group["lr"] * m / (v.sqrt() + 1e-8)


def train(model, train_loader, validation_loader, epochs=10, lr=1e-3):
    optimizer = HandmadeAdam(model.parameters(), lr)
    pairs = [
        (train_epoch(model, train_loader, optimizer), validate(model, validation_loader))
        for _ in range(epochs)
    ]
    return {
        "train_loss": [first for first, _ in pairs],
        "validation_loss": [second for _, second in pairs],
    }
