"""Losses: low enough, honestly reported, falling."""

import math
from collections.abc import Sequence

import numpy as np

from grader.checks.arrays import assert_array
from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.scalars import as_number, as_numbers
from grader.checks.texts import number_text

__tracebackhide__ = hide_failure


def assert_loss_below(
    loss: object, threshold: float, *, name: str, context: str, hint: str | None = None
) -> float:
    """Check that a loss lies below a threshold.

    Parameters
    ----------
    loss
        A number, see :func:`~grader.checks.scalars.as_number`.
    threshold
        The loss must be smaller.
    name
        What the loss is of, such as ``the validation loss after 500 steps``.
    context
        What the threshold means, such as ``always answering with the mean image reaches 0.067``.

    Returns
    -------
    float
        The loss.

    Raises
    ------
    CheckFailure
        The loss is no finite number, or too high.
    """
    if not math.isfinite(threshold):
        raise ValueError(f"threshold must be finite, not {threshold}")
    value = as_number(loss, name=name, hint=hint)
    if not value < threshold:
        raise CheckFailure(
            f"{name} is {number_text(value)}, which is too high; for comparison: {context}",
            expected=f"below {number_text(threshold)}",
            actual=number_text(value),
            hint=hint,
        )
    return value


def assert_history(
    reported: object,
    measured: Sequence[float],
    *,
    name: str,
    rtol: float,
    atol: float,
    hint: str | None = None,
) -> None:
    """Check that reported losses are those that were measured, one for each epoch.

    Parameters
    ----------
    reported
        A list, tuple or one-dimensional array of numbers.
    measured
        What the judge measured itself.
    rtol, atol
        Allowed difference, ``atol + rtol * |measured|``.

    Raises
    ------
    CheckFailure
        The number of epochs or a value differs; places are counted from 0.
    """
    values = as_numbers(reported, name=name, length=len(measured), hint=hint)
    expected = np.array(measured, dtype=np.float64)
    assert_array(np.array(values), expected, name=name, rtol=rtol, atol=atol, hint=hint)


def assert_decreasing(
    values: object, *, name: str, least_drop: float, hint: str | None = None
) -> None:
    """Check that a series ends lower than it began, by at least `least_drop`.

    Only the first and the last value count: single steps may rise, as they do with batches.

    Parameters
    ----------
    values
        A list, tuple or one-dimensional array of at least two numbers.
    least_drop
        Smallest difference between first and last that counts, in the unit of the values; above 0.

    Raises
    ------
    CheckFailure
        The drop is too small, or there are fewer than two numbers.
    ValueError
        `least_drop` is not above 0.
    """
    if not least_drop > 0:
        raise ValueError(f"least_drop must be above 0, not {least_drop}")
    numbers = as_numbers(values, name=name, hint=hint)
    if len(numbers) < 2:
        raise CheckFailure(
            f"{name} is too short to fall",
            expected="at least two numbers",
            actual=f"{len(numbers)}",
            hint=hint,
        )
    first, last = numbers[0], numbers[-1]
    if not first - last >= least_drop:
        raise CheckFailure(
            f"{name} does not fall enough over {len(numbers)} values",
            expected=f"a drop of at least {number_text(least_drop)}",
            actual=f"from {number_text(first)} to {number_text(last)}",
            hint=hint,
        )
