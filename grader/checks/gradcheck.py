"""torch.autograd.gradcheck on a backward pass that takes and gives data only."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch.autograd.gradcheck import GradcheckError

from grader.checks.arrays import assert_tensor
from grader.checks.failure import CheckFailure, hide_failure, shorten
from grader.checks.gradients import Float64, assert_gradient
from grader.checks.inspection import Array

__tracebackhide__ = hide_failure

Forward = Callable[..., Any]

_EPS: Final = 1e-6
"""Step of gradcheck's own central differences in float64, torch's default: near the optimum
derived in :func:`numerical_gradient`."""

_RTOL: Final = 1e-3
_ATOL: Final = 1e-5
"""gradcheck's defaults. Differences with step 1e-6 are off by about 1e-16 |f| / 1e-6 =
1e-10 |f|; in fast mode that adds up over the elements, which leaves room for |f| up to 1e4."""

_NONDETERMINISM: Final = 1e-10
"""How far two runs of one backward pass may differ: sums in another order are off by some 1e-16
of their terms, and terms up to 1e5 are allowed for."""

_MAX_CALLS: Final = 256
"""Forward calls of gradcheck in fast mode. It takes two an input and a few more to find a mistake,
but then runs the slow mode, of two calls an element, for the sake of a longer message."""

_MAX_LOCATED: Final = 4096
"""Inputs with more elements are not searched for the worst place: that takes two forward calls
an element."""


def gradcheck_remote(
    forward: Forward,
    vjp: Forward,
    inputs: torch.Tensor | Sequence[torch.Tensor],
    *,
    name: str,
    seed: int,
    fast: bool = True,
    hint: str | None = None,
) -> None:
    """Run torch.autograd.gradcheck on a backward pass that takes and gives data only.

    Parameters
    ----------
    forward
        ``forward(*inputs)`` gives one float64 tensor.
    vjp
        ``vjp(*inputs, grad_out)`` gives the gradient for each input: a tensor for one input, a
        list or tuple of tensors for several.
    inputs
        One tensor or several, of any shapes; they are converted to float64.
    name
        What is differentiated, such as ``batchnorm_backward``.
    seed
        Seeds torch's global generator meanwhile; its state is put back afterwards.
    fast
        Compare along random directions (fast_mode) instead of element by element.

    Raises
    ------
    CheckFailure
        The gradients disagree; the message names the worst place where it can be found. Or a
        result is not a finite float64 tensor of the right shape.
    """
    points = [inputs] if isinstance(inputs, torch.Tensor) else list(inputs)
    leaves = [point.detach().to(torch.float64, copy=True).requires_grad_() for point in points]
    counted = _limited(forward, _MAX_CALLS + 2 * len(points)) if fast else forward
    function = _data_only(counted, vjp, name, hint)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            torch.autograd.gradcheck(
                function.apply,
                leaves,
                eps=_EPS,
                atol=_ATOL,
                rtol=_RTOL,
                nondet_tol=_NONDETERMINISM,
                check_undefined_grad=False,  # autograd hands data-only functions zeros instead
                fast_mode=fast,
            )
        except (GradcheckError, _MistakeFound) as error:
            plain = [leaf.detach() for leaf in leaves]
            _locate(forward, vjp, plain, name=name, seed=seed, hint=hint)
            raise CheckFailure(
                f"{name} disagrees with the numerical gradient",
                expected="the gradient that central differences of the forward pass give",
                actual=shorten(str(error)),
                hint=hint,
            ) from None


class _MistakeFound(Exception):  # noqa: N818  # ends a search, and is no error
    """The fast mode of gradcheck found a mistake and has gone on to the slow mode."""


def _limited(forward: Forward, limit: int) -> Forward:
    """Wrap a function so that it raises _MistakeFound when it is called too often."""
    calls = 0

    def limited(*xs: torch.Tensor) -> Any:
        nonlocal calls
        calls += 1
        if calls > limit:
            raise _MistakeFound("the gradients differ along a random direction")
        return forward(*xs)

    return limited


def _data_only(forward: Forward, vjp: Forward, name: str, hint: str | None) -> Any:
    """Wrap the two callables as one autograd function."""

    class DataOnly(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *xs: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(*xs)
            return _call_forward(forward, xs, name, hint)

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: Any, *grad_outputs: torch.Tensor) -> Any:
            grads = _call_vjp(vjp, ctx.saved_tensors, grad_outputs[0], name, hint)
            return grads[0] if len(grads) == 1 else tuple(grads)

    return DataOnly


def _call_forward(
    forward: Forward, xs: Sequence[torch.Tensor], name: str, hint: str | None
) -> torch.Tensor:
    out = forward(*(x.detach().clone() for x in xs))
    label = f"the forward result for {name}"
    # a clone, since autograd refuses an output that is an input, as with the identity
    return assert_tensor(out, name=label, dtype=torch.float64, hint=hint).detach().clone()


def _call_vjp(
    vjp: Forward, xs: Sequence[torch.Tensor], grad_out: torch.Tensor, name: str, hint: str | None
) -> list[torch.Tensor]:
    result = vjp(*(x.detach().clone() for x in xs), grad_out.detach().clone())
    grads = list(result) if type(result) is tuple or type(result) is list else [result]
    if len(grads) != len(xs):
        raise CheckFailure(
            f"{name} gives the wrong number of gradients",
            expected=f"{len(xs)}, one for each input",
            actual=str(len(grads)),
            hint=hint,
        )
    return [
        assert_tensor(
            grad,
            name=_gradient_name(name, i, len(xs)),
            shape=tuple(x.shape),
            dtype=torch.float64,
            hint=hint,
        ).detach()
        for i, (grad, x) in enumerate(zip(grads, xs, strict=True))
    ]


def _locate(
    forward: Forward,
    vjp: Forward,
    xs: list[torch.Tensor],
    *,
    name: str,
    seed: int,
    hint: str | None,
) -> None:
    """Raise a CheckFailure that names the worst element, if one cotangent is enough to find it."""
    generator = torch.Generator().manual_seed(seed)
    out = _call_forward(forward, xs, name, hint)
    cotangent = torch.randn(out.shape, generator=generator, dtype=torch.float64)
    grads = _call_vjp(vjp, xs, cotangent, name, hint)
    for i, (x, grad) in enumerate(zip(xs, grads, strict=True)):
        if x.numel() > _MAX_LOCATED:
            continue

        def partial(array: Float64, i: int = i) -> Array:
            moved = [*xs[:i], torch.from_numpy(array), *xs[i + 1 :]]
            return _call_forward(forward, moved, name, hint).numpy()

        assert_gradient(
            grad.numpy(),
            partial,
            x.numpy(),
            cotangent.numpy(),
            name=f"{_gradient_name(name, i, len(xs))}, against central differences,",
            rtol=_RTOL,
            atol=_ATOL,
            hint=hint,
        )


def _gradient_name(name: str, i: int, total: int) -> str:
    return f"the gradient from {name}" + (f" for input {i + 1}" if total > 1 else "")
