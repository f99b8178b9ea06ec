"""Gradients: by central differences, and whether they arrive at all."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grader.checks.arrays import assert_array, assert_ndarray
from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.inspection import Array, describe, is_exactly, widen

__tracebackhide__ = hide_failure

Float64 = NDArray[np.float64]


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
