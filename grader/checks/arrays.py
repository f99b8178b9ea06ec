"""Comparison of arrays, tensors and numbers that came out of a student's code.

Every function goes the same way: exact type, shape, dtype, NaN and infinity, range, values. The
first that is wrong is reported, since what follows it would only confuse.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from grader.checks.comparing import Tolerance, require_close, require_finite, require_range
from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.inspection import Array, require_ndarray, require_tensor, widen
from grader.checks.scalars import assert_number
from grader.checks.texts import require_tolerances

__tracebackhide__ = hide_failure

Shape = Sequence[int | None]
"""A shape; None stands for any length."""


def assert_array(
    actual: object,
    expected: Array | torch.Tensor | float | np.number[Any],
    *,
    name: str,
    rtol: float,
    atol: float,
    low: float | None = None,
    high: float | None = None,
    hint: str | None = None,
    dtype: bool = True,
) -> None:
    """Compare an array, tensor or number with the expected one.

    Parameters
    ----------
    actual
        What came. It must be exactly a numpy.ndarray where `expected` is one, exactly a
        torch.Tensor where that is one, and anything that
        :func:`~grader.checks.scalars.as_number` takes where a number is expected.
    expected
        Array of any shape, or a number. Where it holds NaN or infinity, so must `actual`.
    name
        What the value is called, such as ``the output of Encoder``.
    rtol, atol
        Values agree if they differ by at most ``atol + rtol * |expected|``.
    low, high
        Bounds, both included, that every value must keep.
    hint
        What to try.
    dtype
        Whether the dtypes must be the same.

    Raises
    ------
    CheckFailure
        They differ.
    TypeError, ValueError
        `expected`, `rtol` or `atol` makes no sense; the check is at fault.
    """
    require_tolerances(rtol, atol)
    if not isinstance(expected, (np.ndarray, torch.Tensor)):
        _require_real(expected)
        assert_number(
            actual, expected, name=name, rtol=rtol, atol=atol, low=low, high=high, hint=hint
        )
        return
    found = _require_like(actual, expected, name=name, hint=hint)
    _require_shape(tuple(found.shape), tuple(expected.shape), name=name, hint=hint)
    if dtype:
        _require_dtype(found, expected.dtype, name=name, hint=hint)
    array, wanted = widen(found), widen(expected)
    if low is not None or high is not None:
        require_finite(array, name=name, hint=hint)
        require_range(array, low, high, name=name, hint=hint)
    require_close(array, wanted, Tolerance(rtol, atol), name=name, hint=hint)


def assert_tensor(
    actual: object,
    *,
    name: str,
    shape: Shape | None = None,
    dtype: torch.dtype | None = None,
    low: float | None = None,
    high: float | None = None,
    finite: bool = True,
    hint: str | None = None,
) -> torch.Tensor:
    """Check that a value is exactly a dense torch.Tensor of this shape, dtype and range.

    Parameters
    ----------
    shape
        Expected shape; None in it stands for any length.
    low, high
        Bounds of the values, both included.
    finite
        Whether NaN and infinity are refused.

    Returns
    -------
    torch.Tensor
        `actual`, now of known type.

    Raises
    ------
    CheckFailure
        Any of it does not hold.
    """
    tensor = require_tensor(actual, name=name, hint=hint)
    _require_properties(tensor, shape, dtype, name=name, hint=hint)
    _require_values(widen(tensor), low, high, finite=finite, name=name, hint=hint)
    return tensor


def assert_ndarray(
    actual: object,
    *,
    name: str,
    shape: Shape | None = None,
    dtype: type[np.generic] | np.dtype[Any] | str | None = None,
    low: float | None = None,
    high: float | None = None,
    finite: bool = True,
    hint: str | None = None,
) -> Array:
    """Check that a value is exactly a numpy.ndarray of this shape, dtype and range.

    Parameters, result and errors are those of :func:`assert_tensor`.
    """
    array = require_ndarray(actual, name=name, hint=hint)
    wanted = None if dtype is None else np.dtype(dtype)
    _require_properties(array, shape, wanted, name=name, hint=hint)
    _require_values(widen(array), low, high, finite=finite, name=name, hint=hint)
    return array


def _require_like(
    actual: object, expected: Array | torch.Tensor, *, name: str, hint: str | None
) -> Array | torch.Tensor:
    if isinstance(expected, torch.Tensor):
        return require_tensor(actual, name=name, hint=hint)
    return require_ndarray(actual, name=name, hint=hint)


def _require_real(expected: object) -> None:
    if isinstance(expected, bool) or not isinstance(expected, (int, float, np.number)):
        raise TypeError(f"expected must be an array, a tensor or a number, not {expected!r}")


def _require_properties(
    value: Array | torch.Tensor,
    shape: Shape | None,
    dtype: torch.dtype | np.dtype[Any] | None,
    *,
    name: str,
    hint: str | None,
) -> None:
    if shape is not None:
        _require_shape(tuple(value.shape), tuple(shape), name=name, hint=hint)
    if dtype is not None:
        _require_dtype(value, dtype, name=name, hint=hint)


def _require_values(
    array: Array,
    low: float | None,
    high: float | None,
    *,
    finite: bool,
    name: str,
    hint: str | None,
) -> None:
    if finite:
        require_finite(array, name=name, hint=hint)
    require_range(array, low, high, name=name, hint=hint)


def _require_shape(
    found: tuple[int, ...], wanted: tuple[int | None, ...], *, name: str, hint: str | None
) -> None:
    pairs = zip(found, wanted, strict=False)
    if len(found) == len(wanted) and all(b is None or a == b for a, b in pairs):
        return
    text = str(tuple("any" if length is None else length for length in wanted)).replace("'", "")
    raise CheckFailure(
        f"{name} has the wrong shape",
        expected=f"shape {text}",
        actual=f"shape {found}",
        hint=hint,
    )


def _require_dtype(
    value: Array | torch.Tensor,
    wanted: torch.dtype | np.dtype[Any],
    *,
    name: str,
    hint: str | None,
) -> None:
    found: object = value.dtype
    if isinstance(found, np.dtype) and isinstance(wanted, np.dtype):
        # the order of bytes in memory is nobody's concern
        found, wanted = found.newbyteorder("="), wanted.newbyteorder("=")
    if found != wanted:
        raise CheckFailure(
            f"{name} has the wrong dtype",
            expected=f"dtype {wanted}",
            actual=f"dtype {found}",
            hint=hint,
        )
