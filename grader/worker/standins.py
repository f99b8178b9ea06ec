"""Small networks and optimizers of our own that record how a student's loop uses them.

A training loop is judged with these, so that a broken network of the student's costs nothing
there. The judge builds the same networks with the same parameters to know what must come out.
"""

from typing import Any

import torch
from torch import Tensor, nn


class StandInEncoder(nn.Module):
    """(B, 1, H, W) or any (B, ...) to codes (B, k): one nonlinear layer."""

    def __init__(self, pixels: int, k: int, *, dropout: float = 0.0, batchnorm: bool = False):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(pixels, k),
            nn.BatchNorm1d(k) if batchnorm else nn.Identity(),
            nn.Tanh(),
            nn.Dropout(dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Codes of a batch of images."""
        return self.layers(x)  # type: ignore[no-any-return]  # Module.__call__ is untyped


class StandInDecoder(nn.Module):
    """Codes (B, k) to images (B, 1, side, side) in (0, 1)."""

    def __init__(self, side: int, k: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(k, side * side), nn.Sigmoid(), nn.Unflatten(1, (1, side, side))
        )

    def forward(self, z: Tensor) -> Tensor:
        """Images of a batch of codes."""
        return self.layers(z)  # type: ignore[no-any-return]  # Module.__call__ is untyped


class StandIn(nn.Module):
    """A tiny auto-encoder that keeps a log of the events around it.

    ``events`` holds, in order, ``{"event": "forward", "training", "graph", "samples"}``,
    ``{"event": "step"}`` and ``{"event": "zero_grad"}``.
    """

    def __init__(self, side: int, k: int, *, dropout: float = 0.0, batchnorm: bool = False):
        super().__init__()
        self.encoder = StandInEncoder(side * side, k, dropout=dropout, batchnorm=batchnorm)
        self.decoder = StandInDecoder(side, k)
        self.events: list[dict[str, Any]] = []

    def forward(self, x: Tensor) -> Tensor:
        """Reconstructions of a batch of images."""
        self.events.append(
            {
                "event": "forward",
                "training": self.training,
                "graph": torch.is_grad_enabled(),
                "samples": len(x),
            }
        )
        return self.decoder(self.encoder(x))  # type: ignore[no-any-return]  # Module.__call__ is untyped


class RecordingSGD(torch.optim.SGD):
    """Plain gradient descent that writes its steps into a stand-in's log."""

    def __init__(self, model: StandIn, lr: float):
        super().__init__(model.parameters(), lr=lr)
        self._events = model.events

    def step(self, closure: Any = None) -> Any:
        """One descent step."""
        self._events.append({"event": "step"})
        return super().step(closure)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients."""
        self._events.append({"event": "zero_grad"})
        super().zero_grad(set_to_none)


def stand_in(side: int, k: int, state: dict[str, Tensor] | None = None, **options: Any) -> StandIn:
    """A stand-in auto-encoder; `state` gives its parameters, `options` dropout and batchnorm."""
    model = StandIn(side, k, **options)
    if state is not None:
        model.load_state_dict(state)
    return model


def recording_sgd(model: StandIn, lr: float) -> RecordingSGD:
    """An optimizer of a stand-in that logs its steps."""
    return RecordingSGD(model, lr)


def events(model: StandIn) -> list[dict[str, Any]]:
    """What a stand-in has logged so far."""
    return model.events
