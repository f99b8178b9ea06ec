"""How numbers, places and counts are written in failures."""

import math
from collections.abc import Sequence
from typing import Any


def number_text(value: Any) -> str:
    """Write a number in six significant digits, or in full if it is an integer."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else f"{float(value):.6g}"
    return f"{value:.6g}"


def pair_texts(first: Any, second: Any) -> tuple[str, str]:
    """Write two different numbers with as many digits as it takes to tell them apart."""
    short = number_text(first), number_text(second)
    return short if short[0] != short[1] else (repr(first), repr(second))


def index_text(index: Sequence[int]) -> str:
    """Write a place in an array, such as `` at [2, 1]``; nothing for a single number."""
    return f" at {[int(position) for position in index]}" if index else ""


def share_text(count: int, total: int) -> str:
    """Write a count and its percentage: ``3 of 12 (25 %)``."""
    return f"{count} of {total} ({100 * count / total:.3g} %)"


def tolerance_text(rtol: float, atol: float) -> str:
    """Write the rule by which two numbers count as equal."""
    if rtol == 0 and atol == 0:
        return "no difference is allowed"
    return f"allowed difference: {atol:g} + {rtol:g} * |expected|"


def require_tolerances(rtol: float, atol: float) -> None:
    """Raise ValueError unless both tolerances are finite and not negative."""
    for label, value in (("rtol", rtol), ("atol", atol)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{label} must be finite and not negative, not {value}")
