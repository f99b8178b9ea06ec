"""Numbers, and short lists of numbers, that came out of a student's code."""

import math
from typing import Any, Final

import numpy as np
import torch

from grader.checks.comparing import Tolerance, require_close, require_range
from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.inspection import (
    describe,
    is_exactly,
    require_ndarray,
    require_tensor,
    widen,
)
from grader.checks.texts import require_tolerances

__tracebackhide__ = hide_failure

_NUMPY_REALS: Final = tuple(
    {np.dtype(code).type for code in np.typecodes["AllInteger"] + np.typecodes["Float"]}
)
"""NumPy's own scalar types of real numbers; neither bool nor complex."""
_MOST: Final = 100_000
"""Numbers in a list; a history of losses has one an epoch, or one a step."""


def as_number(value: object, *, name: str, hint: str | None = None) -> float:
    """Return the value as a finite float.

    Taken are int, float, a real NumPy scalar, and an array or tensor of one real number, each of
    exactly that type. bool is not a number here.

    Raises
    ------
    CheckFailure
        The value is anything else, NaN, infinite, or too large for a float64.
    """
    number = _read_number(value, name=name, hint=hint)
    if not math.isfinite(number):
        raise CheckFailure(
            f"{name} is {number}",
            expected="a finite number",
            actual=describe(value),
            hint=hint,
        )
    return number


def assert_number(
    value: object,
    expected: float | np.number[Any],
    *,
    name: str,
    rtol: float,
    atol: float,
    low: float | None = None,
    high: float | None = None,
    hint: str | None = None,
) -> float:
    """Check that a value is a number close to the expected one.

    Parameters
    ----------
    rtol, atol
        The value may differ by at most ``atol + rtol * |expected|``.
    low, high
        Bounds, both included, that it must keep besides.

    Returns
    -------
    float
        The number that came.

    Raises
    ------
    CheckFailure
        It is no number (see :func:`as_number`) or not close enough.
    """
    require_tolerances(rtol, atol)
    wanted = float(expected)
    if not math.isfinite(wanted):
        raise ValueError(f"the expected number must be finite, not {wanted}")
    number = as_number(value, name=name, hint=hint)
    found = np.array(number)
    require_range(found, low, high, name=name, hint=hint)
    require_close(found, np.array(wanted), Tolerance(rtol, atol), name=name, hint=hint)
    return number


def as_numbers(
    value: object, *, name: str, length: int | None = None, hint: str | None = None
) -> list[float]:
    """Return the value as a list of finite floats.

    Taken are a list or tuple of what :func:`as_number` takes, and an array or tensor of one
    dimension, each of exactly that type.

    Raises
    ------
    CheckFailure
        The value is anything else, has another length, or one of its members is no number.
    """
    items: Any
    if is_exactly(value, np.ndarray, torch.Tensor):
        items = array = _read_array(value, name=name, hint=hint)
        if array.ndim != 1:
            raise CheckFailure(
                f"{name} has {array.ndim} dimensions, not one",
                expected="a list of numbers",
                actual=describe(value),
                hint=hint,
            )
    elif type(value) is list or type(value) is tuple:
        items = value
    else:
        raise CheckFailure(
            f"{name} is {describe(value)}, not a list of numbers",
            expected="a list, a tuple or an array of numbers",
            actual=describe(value),
            hint=hint,
        )
    if length is not None and len(items) != length:
        raise CheckFailure(
            f"{name} has the wrong length",
            expected=f"{length} numbers",
            actual=f"{len(items)} numbers",
            hint=hint,
        )
    if len(items) > _MOST:  # each becomes an object of its own
        raise CheckFailure(
            f"{name} is far too long",
            expected=f"at most {_MOST} numbers",
            actual=f"{len(items)} numbers",
            hint=hint,
        )
    return [as_number(item, name=f"{name}[{i}]", hint=hint) for i, item in enumerate(items)]


def _read_number(value: object, *, name: str, hint: str | None) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            return math.inf
    if is_exactly(value, *_NUMPY_REALS):
        with np.errstate(all="ignore"):  # a longdouble may be too large
            return float(value)  # type: ignore[arg-type]  # mypy cannot follow is_exactly
    if is_exactly(value, np.ndarray, torch.Tensor):
        array = _read_array(value, name=name, hint=hint)
        if array.size == 1 and array.dtype.kind in "iuf":
            return float(array.reshape(()).item())
    raise CheckFailure(
        f"{name} is {describe(value)}, not a number",
        expected="a number",
        actual=describe(value),
        hint=hint,
    )


def _read_array(value: object, *, name: str, hint: str | None) -> np.ndarray[Any, Any]:
    if type(value) is torch.Tensor:
        return widen(require_tensor(value, name=name, hint=hint))
    return widen(require_ndarray(value, name=name, hint=hint))
