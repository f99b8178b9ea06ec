"""Gradients: by central differences, by torch's gradcheck, and whether they arrive at all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.autograd.gradcheck import GradcheckError

from grader.checks.arrays import assert_array, assert_ndarray, assert_tensor
from grader.checks.failure import CheckFailure, hide_failure, shorten
from grader.checks.inspection import Array, describe, is_exactly, widen

__tracebackhide__ = hide_failure

Float64 = NDArray[np.float64]
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

_MAX_LOCATED: Final = 4096
"""Inputs with more elements are not searched for the worst place: that takes two forward calls
an element."""


def numerical_gradient(
    f: Callable[[Float64], Any], x: Array, cotangent: Array, *, step: float = 1e-5
) -> Float64:
    """Return the gradient of ``sum(f(x) * cotangent)`` with respect to x, by central differences.

    ``(f(x + h) - f(x - h)) / 2h`` is off by two terms: what the Taylor series leaves out,
    ``h**2 * f''' / 6``, and the rounding of f, about ``eps * |f| / h`` with eps = 2.2e-16. Their
    sum is least at ``h = (3 * eps * |f| / f''')**(1/3)``, which is 9e-6 where f and its third
    derivative are of one size: hence the default of 1e-5, where either term is about 2e-11 of f.

    Parameters
    ----------
    f
        Takes a float64 array like x, gives an array of the cotangent's shape. It is called
        2 * x.size times, each time with a copy.
    x
        Where to differentiate; any shape.
    cotangent
        Weights of the outputs.
    step
        h, above 0.

    Returns
    -------
    numpy.ndarray
        float64, of x's shape.

    Raises
    ------
    CheckFailure
        f gives something else than a finite array of the cotangent's shape.
    """
    if not step > 0:
        raise ValueError(f"step must be above 0, not {step}")
    centre = np.array(x, dtype=np.float64)
    weights = np.asarray(cotangent, dtype=np.float64)
    gradient = np.zeros_like(centre)
    for index in np.ndindex(centre.shape):
        above, below = centre.copy(), centre.copy()
        above[index] += step
        below[index] -= step
        # x + h is rounded to a float64: divide by the distance that was really gone
        width = above[index] - below[index]
        rise = _evaluate(f, above, weights) - _evaluate(f, below, weights)
        gradient[index] = np.sum(rise * weights) / width
    return gradient


def assert_gradient(
    actual: object,
    f: Callable[[Float64], Any],
    x: Array,
    cotangent: Array,
    *,
    name: str,
    rtol: float,
    atol: float,
    hint: str | None = None,
) -> None:
    """Compare a gradient with central differences of ``sum(f(x) * cotangent)``.

    Parameters
    ----------
    actual
        The gradient that came: an array or a tensor of x's shape and any floating dtype.
    f, x, cotangent
        See :func:`numerical_gradient`.
    rtol, atol
        Allowed difference, ``atol + rtol * |expected|``. Central differences alone are off by
        about 1e-10 times the size of f.

    Raises
    ------
    CheckFailure
        They differ.
    """
    expected: Array | torch.Tensor = numerical_gradient(f, x, cotangent)
    if type(actual) is torch.Tensor:
        expected = torch.from_numpy(expected)
    assert_array(actual, expected, name=name, rtol=rtol, atol=atol, hint=hint, dtype=False)


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
    function = _data_only(forward, vjp, name, hint)
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
        except GradcheckError as error:
            plain = [leaf.detach() for leaf in leaves]
            _locate(forward, vjp, plain, name=name, seed=seed, hint=hint)
            raise CheckFailure(
                f"{name} disagrees with the numerical gradient",
                expected="the gradient that central differences of the forward pass give",
                actual=shorten(str(error)),
                hint=hint,
            ) from None


def assert_gradient_flow(
    grads: Mapping[str, Array | torch.Tensor | None], *, name: str, hint: str | None = None
) -> None:
    """Check that every named parameter got a gradient: present, finite, not entirely zero.

    Parameters
    ----------
    grads
        Gradient, or None, for each parameter name.
    name
        What the parameters belong to, such as ``Encoder``.

    Raises
    ------
    CheckFailure
        Names each parameter that got none.
    """
    if type(grads) is not dict or not grads:
        raise CheckFailure(
            f"{name} has no parameters that could learn",
            expected="at least one parameter",
            actual=describe(grads),
            hint=hint,
        )
    faults = {key: _gradient_fault(grad) for key, grad in grads.items()}
    bad = [f"{key} ({fault})" for key, fault in faults.items() if fault]
    if bad:
        listing = "".join(f"\n- {line}" for line in bad)
        raise CheckFailure(
            f"{name}: {len(bad)} of {len(grads)} parameters cannot learn:{listing}",
            expected="a finite gradient, not entirely zero, for every parameter",
            actual=", ".join(bad),
            hint=hint,
        )


def _gradient_fault(grad: object) -> str | None:
    if grad is None:
        return "no gradient"
    if not is_exactly(grad, np.ndarray, torch.Tensor):
        return f"not a gradient but {describe(grad)}"
    values = widen(grad)  # type: ignore[arg-type]  # mypy cannot follow is_exactly
    if values.dtype.kind not in "fc":
        return f"dtype {values.dtype}"
    if not np.isfinite(values).all():
        return "NaN or infinity"
    return None if values.any() else "zero everywhere"


def _evaluate(f: Callable[[Float64], Any], x: Float64, weights: Float64) -> Array:
    result = f(x)
    return assert_ndarray(result, name="what the function gives", shape=weights.shape)


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
