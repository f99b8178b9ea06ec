"""Element-by-element comparison of two arrays that are already known to be plain."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.inspection import Array
from grader.checks.texts import index_text, number_text, pair_texts, share_text, tolerance_text

__tracebackhide__ = hide_failure


@dataclass(frozen=True)
class Tolerance:
    """Two values agree if they differ by at most ``atol + rtol * |expected|``."""

    rtol: float
    atol: float


_shares: list[float] | None = None


@contextlib.contextmanager
def tolerance_used() -> Iterator[list[float]]:
    """Collect of every comparison inside how much of its tolerance was used.

    That is the greatest difference as a share of what is allowed there: 0 where all is equal, and
    more than 1 where the comparison fails.
    """
    global _shares
    before, _shares = _shares, []
    try:
        yield _shares
    finally:
        _shares = before


def gap(first: Array, second: Array) -> NDArray[np.float64]:
    """Return the absolute difference of two arrays of one shape, in float64.

    Integers are subtracted as integers, so two unequal ones never come out as equal.
    """
    common = np.result_type(first, second)
    with np.errstate(all="ignore"):  # huge values may differ by more than float64 holds: inf
        if common.kind in "biu":
            upper = np.maximum(first, second).astype(common).astype(np.uint64)
            lower = np.minimum(first, second).astype(common).astype(np.uint64)
            # modulo 2**64 the difference upper - lower is right even where the cast wrapped
            return np.asarray(upper - lower).astype(np.float64)
        wide = np.complex128 if common.kind == "c" else np.float64
        return np.asarray(np.abs(first.astype(wide) - second.astype(wide)))


def same(first: Array, second: Array) -> NDArray[np.bool_]:
    """Where two arrays hold the same value; NaN is the same as NaN."""
    return np.asarray((first == second) | ((first != first) & (second != second)))


def require_finite(array: Array, *, name: str, hint: str | None) -> None:
    """Refuse NaN and infinity, with their number and the first place."""
    bad = ~np.isfinite(array)
    if bad.any():
        raise not_finite(array, bad, name=name, hint=hint)


def require_range(
    array: Array, low: float | None, high: float | None, *, name: str, hint: str | None
) -> None:
    """Refuse values outside [low, high]; NaN is not judged here."""
    if array.dtype.kind == "c" and (low is not None or high is not None):
        raise CheckFailure(
            f"{name} holds complex numbers, which have no order",
            expected=f"real numbers {_range_text(low, high)}",
            actual=f"dtype {array.dtype}",
            hint=hint,
        )
    outside = np.zeros(array.shape, dtype=np.bool_)
    if low is not None:
        outside |= array < low
    if high is not None:
        outside |= array > high
    if outside.any():
        if array.ndim == 0:
            raise CheckFailure(
                f"{name} is out of range",
                expected=f"a value {_range_text(low, high)}",
                actual=number_text(array.item()),
                hint=hint,
            )
        index = first_index(outside)
        smallest, greatest = array[outside].min().item(), array[outside].max().item()
        raise CheckFailure(
            f"{name} leaves the range in {share_text(int(outside.sum()), outside.size)} places, "
            f"first{index_text(index)} with {number_text(array[index].item())}",
            expected=f"values {_range_text(low, high)}",
            actual=f"outside it, {number_text(smallest)} to {number_text(greatest)}",
            hint=hint,
        )


def require_close(
    actual: Array, expected: Array, tolerance: Tolerance, *, name: str, hint: str | None
) -> None:
    """Refuse NaN or infinity that is not expected, then values that differ by too much.

    Both arrays have one shape. Where NaN or infinity is expected, exactly that must come.
    """
    alike = same(actual, expected)
    strange = ~np.isfinite(actual) & ~alike
    if strange.any():
        raise not_finite(actual, strange, name=name, hint=hint)
    difference = gap(actual, expected)
    with np.errstate(all="ignore"):
        size = np.abs(expected if expected.dtype.kind == "c" else expected.astype(np.float64))
        allowed = tolerance.atol + tolerance.rtol * size
        close = difference <= allowed
        if _shares is not None and difference.size:
            used = np.where(difference == 0, 0.0, difference / allowed)
            _shares.append(float(np.nanmax(np.where(np.isfinite(expected), used, 0.0))))
    wrong = ~np.where(np.isfinite(expected), close, alike)
    if wrong.any():
        raise _not_close(actual, expected, difference, wrong, tolerance, name=name, hint=hint)


def first_index(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the first place where a mask is true."""
    return unravel(int(np.argmax(mask)), mask.shape)


def unravel(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a flat position as an index."""
    return tuple(int(position) for position in np.unravel_index(flat, shape))


def not_finite(
    array: Array, bad: NDArray[np.bool_], *, name: str, hint: str | None
) -> CheckFailure:
    """Make the failure for NaN and infinity at the places marked `bad`."""
    nans = int(np.isnan(array[bad]).sum())
    kinds = {(True, False): "NaN", (False, True): "infinity", (True, True): "NaN and infinity"}
    kind = kinds[nans > 0, nans < int(bad.sum())]
    index = first_index(bad)
    verb = f"contains {kind}" if array.ndim else f"is {kind}"
    return CheckFailure(
        f"{name} {verb}{_places(bad)}",
        expected="finite numbers",
        actual=f"{array[index].item()}{index_text(index)}",
        hint=hint,
    )


def _not_close(
    actual: Array,
    expected: Array,
    difference: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    tolerance: Tolerance,
    *,
    name: str,
    hint: str | None,
) -> CheckFailure:
    difference = np.where(wrong, difference, 0.0)
    # where a non-finite value is expected, a finite one is as far away as can be
    difference[np.isnan(difference)] = np.inf
    with np.errstate(all="ignore"):
        relative = np.where(wrong, difference / np.abs(expected), 0.0)
    relative[np.isnan(relative)] = np.inf
    # of several infinite differences, and where the greatest is 0 nowhere but among wrong
    # places, argmax names the first
    worst = unravel(int(np.argmax(difference)), wrong.shape)
    worst_relative = unravel(int(np.argmax(relative)), wrong.shape)
    wanted, found = pair_texts(expected[worst].item(), actual[worst].item())
    return CheckFailure(
        f"{name} is wrong{_places(wrong)}\n"
        f"greatest absolute difference: {_magnitude(difference[worst])}{index_text(worst)}\n"
        f"greatest relative difference: {_magnitude(relative[worst_relative])}"
        f"{index_text(worst_relative)}\n"
        f"{tolerance_text(tolerance.rtol, tolerance.atol)}",
        expected=f"{wanted}{index_text(worst)}",
        actual=f"{found}{index_text(worst)}",
        hint=hint,
    )


def _places(mask: NDArray[np.bool_]) -> str:
    """Write how many places a mask marks; nothing for a single number."""
    return f" in {share_text(int(mask.sum()), mask.size)} places" if mask.ndim else ""


def _magnitude(value: Any) -> str:
    return number_text(float(value))


def _range_text(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {high:g}"
    return f"from {low:g}" if high is None else f"from {low:g} to {high:g}"
