"""Tests of random behaviour, each with a stated rate of false alarms.

A false-alarm rate of 1e-6 means: of a million runs with a right implementation, one is refused.
Several such checks add up, so choose it small enough for a whole course.
"""

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grader.checks.comparing import require_finite
from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.inspection import describe, require_ndarray, require_tensor, widen
from grader.checks.scalars import as_numbers

__tracebackhide__ = hide_failure

_NEGLECTED = 1e-9
"""Share of the false-alarm rate that the binomial sums may leave out in their far tails: it moves
no limit unless a tail comes that close to the rate itself."""


def assert_rate(
    count: int,
    draws: int,
    probability: float,
    *,
    name: str,
    false_alarm: float,
    hint: str | None = None,
) -> None:
    """Exact two-sided binomial test of how often something happened.

    Parameters
    ----------
    count, draws
        It happened `count` times in `draws` independent draws.
    probability
        How probable it should be in each draw, between 0 and 1.
    name
        What is counted, such as ``the share of dropped values``.
    false_alarm
        Greatest probability that a right implementation is refused; half of it on either side.

    Raises
    ------
    CheckFailure
        `count` lies outside the interval.
    ValueError
        An argument is impossible.
    """
    if not 0 <= count <= draws or draws < 1:
        raise ValueError(f"count must lie between 0 and draws, not {count} of {draws}")
    low, high = rate_limits(draws, probability, false_alarm=false_alarm)
    if not low <= count <= high:
        raise CheckFailure(
            f"{name} is {count / draws:.4g} ({count} of {draws}), not {probability:g}\n"
            f"{_false_alarm_text(false_alarm)}",
            expected=f"{probability:g}; {low / draws:.4g} to {high / draws:.4g} is allowed",
            actual=f"{count / draws:.4g}",
            hint=hint,
        )


def rate_limits(draws: int, probability: float, *, false_alarm: float) -> tuple[int, int]:
    """Return the least and the greatest count that :func:`assert_rate` lets pass.

    Below the least and above the greatest lies a probability of at most ``false_alarm / 2`` each.
    """
    _require_false_alarm(false_alarm)
    if not 0 < probability < 1:
        raise ValueError(f"probability must lie between 0 and 1, not {probability}")
    first, mass = _binomial(draws, probability, false_alarm)
    # each tail is summed from its own far end, so that no small number is taken from 1
    low = int(np.argmax(np.cumsum(mass) > false_alarm / 2))
    high = len(mass) - 1 - int(np.argmax(np.cumsum(mass[::-1]) > false_alarm / 2))
    return first + low, first + high


def assert_mean(
    values: object,
    expected: float,
    *,
    std: float,
    name: str,
    false_alarm: float,
    hint: str | None = None,
) -> None:
    """Two-sided z-test of a mean, the standard deviation of one value being known.

    The mean of n independent values with standard deviation s is off by s / sqrt(n) on average
    (root mean square). It is normal for normal values, and nearly so for many others.

    Parameters
    ----------
    values
        Independent numbers: an array or tensor of any shape, or a list or tuple.
    expected, std
        Mean and standard deviation of one value, if the implementation is right.
    name
        What is averaged, such as ``the mean of the output``.
    false_alarm
        Probability that a right implementation is refused.

    Raises
    ------
    CheckFailure
        The mean is too far off, or `values` are not finite numbers.
    ValueError
        `std` or `false_alarm` is impossible, or there are no values.
    """
    _require_false_alarm(false_alarm)
    if not (std > 0 and math.isfinite(std)):
        raise ValueError(f"std must be finite and above 0, not {std}")
    numbers = _flat(values, name=name, hint=hint)
    if numbers.size == 0:
        raise CheckFailure(
            f"{name} cannot be judged: there are no values",
            expected="at least one value",
            actual=describe(values),
            hint=hint,
        )
    # inv_cdf at the lower tail: 1 - false_alarm / 2 would round to 1 for tiny rates
    margin = -NormalDist().inv_cdf(false_alarm / 2) * std / math.sqrt(numbers.size)
    mean = float(numbers.mean())
    if not abs(mean - expected) <= margin:
        raise CheckFailure(
            f"{name} is {mean:.6g} over {numbers.size} values, not {expected:g}\n"
            f"{_false_alarm_text(false_alarm)}",
            expected=f"{expected:g}; {expected - margin:.6g} to {expected + margin:.6g} is allowed",
            actual=f"{mean:.6g}",
            hint=hint,
        )


def superiority(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """How often a value of one sample is greater than one of another.

    That is the share of all pairs, equal values counted by half: the statistic U of Mann and
    Whitney (1947) divided by the number of pairs, and the area under the curve of a detector that
    gives these values to what it should find and to what it should not.

    Parameters
    ----------
    first, second
        Samples of finite numbers, (N,) and (M,), neither empty.

    Returns
    -------
    float
        From 0 to 1; 0.5 for samples that do not differ.
    """
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left").sum()
    up_to = np.searchsorted(ordered, first, side="right").sum()
    return float(below + up_to) / (2 * len(first) * len(second))


def _flat(values: object, *, name: str, hint: str | None) -> NDArray[np.float64]:
    array: NDArray[Any]
    if type(values) is torch.Tensor:
        array = widen(require_tensor(values, name=name, hint=hint))
    elif type(values) is np.ndarray:
        array = widen(require_ndarray(values, name=name, hint=hint))
    else:
        array = np.array(as_numbers(values, name=name, hint=hint))
    if array.dtype.kind == "c":
        raise CheckFailure(
            f"{name} is taken of complex numbers",
            expected="real numbers",
            actual=describe(values),
            hint=hint,
        )
    require_finite(array, name=name, hint=hint)
    return array.astype(np.float64).ravel()


def _binomial(
    draws: int, probability: float, false_alarm: float
) -> tuple[int, NDArray[np.float64]]:
    """Probabilities of the counts that matter, and the first of these counts.

    By Hoeffding's inequality a count is off its mean by more than w with a probability of at most
    ``2 exp(-2 w**2 / draws)``; w is chosen to leave out next to nothing. Inside, neighbours have
    the ratio ``P(k + 1) / P(k) = (draws - k) / (k + 1) * p / (1 - p)``; summing its logarithms and
    scaling the total to 1 gives each term to about 1e-12 of itself, without factorials.
    """
    width = math.sqrt(draws * math.log(2 / (false_alarm * _NEGLECTED)) / 2)
    first = max(0, math.floor(draws * probability - width))
    last = min(draws, math.ceil(draws * probability + width))
    k = np.arange(first, last, dtype=np.float64)
    odds = math.log(probability) - math.log1p(-probability)
    steps = np.log(draws - k) - np.log(k + 1) + odds
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    mass = np.exp(logs - logs.max())
    return first, np.asarray(mass / mass.sum())


def _require_false_alarm(false_alarm: float) -> None:
    if not 0 < false_alarm < 1:
        raise ValueError(f"false_alarm must lie between 0 and 1, not {false_alarm}")


def _false_alarm_text(false_alarm: float) -> str:
    return f"(chance alone does this to a right implementation once in {1 / false_alarm:,.0f} runs)"
