"""Trusted functions that run beside a student's code, on objects that cannot cross to the judge.

A probe only measures or sets up; the judge compares. Whatever a probe raises counts as raised by
the student's object, since probes work on nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, TensorDataset

from grader.worker import standins
from grader.worker.probes_figures import describe_figure


def parameters(module: nn.Module) -> dict[str, Tensor]:
    """Trainable parameters by name."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def state(module: nn.Module) -> dict[str, Any]:
    """Parameters and buffers by name."""
    return dict(module.state_dict())


def load_state(module: nn.Module, values: dict[str, Tensor]) -> None:
    """Set parameters and buffers; every name must fit."""
    module.load_state_dict(values)


def set_training(module: nn.Module, mode: bool) -> None:
    """Put a module into training or evaluation mode."""
    module.train(mode)


def is_training(module: nn.Module) -> bool:
    """Whether a module is in training mode."""
    return module.training


def as_dtype(module: nn.Module, dtype: str) -> nn.Module:
    """The module with parameters and buffers of another floating type, such as ``float64``."""
    return module.to(getattr(torch, dtype))


def gradients(module: nn.Module, x: Tensor, cotangent: Tensor) -> dict[str, Any]:
    """Gradients of ``sum(module(x) * cotangent)``.

    Returns
    -------
    dict
        ``input``: shape of `x`, or None; ``parameters``: by name, each a tensor or None.
    """
    x = x.clone().requires_grad_(True)
    named = parameters(module)
    wanted = [x, *named.values()]
    objective = (module(x) * cotangent).sum()
    if not objective.requires_grad:
        return {"input": None, "parameters": dict.fromkeys(named)}
    found = torch.autograd.grad(objective, wanted, allow_unused=True)
    return {"input": found[0], "parameters": dict(zip(named, found[1:], strict=True))}


def stored_gradients(module: nn.Module) -> dict[str, Tensor | None]:
    """What lies in each parameter's ``.grad``."""
    return {name: p.grad for name, p in module.named_parameters()}


def evaluate(module: nn.Module, x: Tensor, batch: int = 100) -> Tensor:
    """Outputs in evaluation mode without a graph, `batch` samples at a time; the mode is kept."""
    with _evaluating(module):
        return torch.cat([module(part) for part in torch.split(x, batch)])


def convolutions(module: nn.Module, x: Tensor) -> list[dict[str, Any]]:
    """The convolutions that ``module(x)`` computes, in order, however they are written down.

    Returns
    -------
    list of dict
        ``weight`` (shape), ``input`` (shape), ``stride``, ``padding``, ``dilation``,
        ``output_padding`` (lists) and ``transposed``.
    """
    log = _ConvolutionLog()
    with log, _evaluating(module):
        module(x)
    return log.calls


class _ConvolutionLog(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
    """Sees every operation below autograd, so functional code and modules look alike."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.calls: list[dict[str, Any]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten.convolution.default:
            x, weight, _, stride, padding, dilation, transposed, output_padding, _ = args
            self.calls.append(
                {
                    "input": list(x.shape),
                    "weight": list(weight.shape),
                    "stride": list(stride),
                    "padding": list(padding),
                    "dilation": list(dilation),
                    "output_padding": list(output_padding),
                    "transposed": transposed,
                }
            )
        return func(*args, **(kwargs or {}))


def dataset(images: Tensor, labels: Tensor) -> Any:
    """A data set of (image, label) pairs."""
    return TensorDataset(images, labels)


def loader(images: Tensor, labels: Tensor, batch_size: int, shuffle: bool = False) -> Any:
    """A DataLoader of (images, labels) batches; the last one may be smaller."""
    return DataLoader(TensorDataset(images, labels), batch_size=batch_size, shuffle=shuffle)


def batches(source: Any, limit: int) -> list[Any]:
    """The first `limit` batches of a loader."""
    return [tuple(batch) for batch in islice(iter(source), limit)]


def update(mapping: dict[str, Any], values: dict[str, Any]) -> None:
    """``mapping.update(values)``, such as to set the parameters of a NumPy network."""
    mapping.update(values)


def length(source: Any) -> int:
    """``len(source)``."""
    return len(source)


def samples(dataset: Any, indices: Sequence[int]) -> list[Any]:
    """Samples of a dataset by index, each as a tuple."""
    return [tuple(dataset[index]) for index in indices]


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


PROBES: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        parameters,
        state,
        load_state,
        set_training,
        is_training,
        as_dtype,
        gradients,
        stored_gradients,
        evaluate,
        convolutions,
        dataset,
        loader,
        batches,
        update,
        length,
        samples,
        describe_figure,
        standins.stand_in,
        standins.recording_sgd,
        standins.events,
    )
}
"""Every probe by its name."""
