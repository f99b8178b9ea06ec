"""Checks on figures that show curves, such as losses over epochs."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.checks.failure import CheckFailure, hide_failure, quote
from grader.checks.figure_description import AxesDescription, LineDescription, read_figure
from grader.checks.texts import number_text

__tracebackhide__ = hide_failure

Line = tuple[AxesDescription, LineDescription]


def assert_curves(
    figure: object,
    expected: Mapping[str, Sequence[float]],
    *,
    atol: float,
    hint: str | None = None,
) -> None:
    """Check that a figure shows these series as lines, named, with both axes labelled.

    A line is named by its label or its legend entry; where it is alone in its axes, the title or
    the label of the y axis will do. The name must contain the expected one, in any case.

    Parameters
    ----------
    figure
        Description of a figure (:mod:`grader.checks.figure_description`).
    expected
        The y values of each series, by a word its name must contain.
    atol
        Allowed difference of each value.

    Raises
    ------
    CheckFailure
        A series or its name is missing, or an axis has no label.
    """
    lines: list[Line] = [
        (axes, line) for axes in read_figure(figure)["axes"] for line in axes["lines"]
    ]
    if not lines:
        raise CheckFailure(
            "the figure shows no curves",
            expected=f"curves for {', '.join(expected)}",
            actual="no lines",
            hint=hint,
        )
    for name, series in expected.items():
        values = np.asarray(series, dtype=np.float64)
        matching = [line for line in lines if _matches(line[1], values, atol)]
        if not matching:
            raise CheckFailure(
                f"the figure has no curve with the values of {quote(name)}",
                expected=f"{values.size} values, {_ends(values)}",
                actual=_nearest(lines, values),
                hint=hint,
            )
        named = [line for line in matching if _is_named(line, name)]
        if not named:
            raise CheckFailure(
                f"the curve for {quote(name)} cannot be told by its name",
                expected=f"a label or legend entry with {quote(name)}",
                actual=", ".join(quote(_visible_name(line[1])) for line in matching),
                hint=hint,
            )
        _require_labels(named[0][0], name, hint)


def _matches(line: LineDescription, values: NDArray[np.float64], atol: float) -> bool:
    found = line["y"]
    return found.shape == values.shape and np.allclose(found, values, rtol=0, atol=atol)


def _is_named(line: Line, name: str) -> bool:
    axes, curve = line
    names = [_visible_name(curve)]
    if len(axes["lines"]) == 1:
        names += [axes["title"], axes["ylabel"], *(axes["legend"] or [])]
    return any(name.casefold() in text.casefold() for text in names)


def _visible_name(line: LineDescription) -> str:
    """Return the label; nothing for one that matplotlib made up and does not show."""
    return "" if line["label"].startswith("_") else line["label"]


def _require_labels(axes: AxesDescription, name: str, hint: str | None) -> None:
    labels = (("x", axes["xlabel"]), ("y", axes["ylabel"]))
    bare = [axis for axis, label in labels if not label.strip()]
    if bare:
        raise CheckFailure(
            f"the plot with the curve for {quote(name)} leaves an axis without a label",
            expected="a label on both axes",
            actual=f"none on {' and '.join(bare)}",
            hint=hint,
        )


def _nearest(lines: Sequence[Line], values: NDArray[np.float64]) -> str:
    """Tell about the line that comes closest."""
    candidates = [line["y"] for _, line in lines if line["y"].shape == values.shape]
    if not candidates:
        lengths = ", ".join(str(line["y"].size) for _, line in lines)
        return f"lines of {lengths} values"
    differences = [float(np.max(np.abs(found - values), initial=0.0)) for found in candidates]
    differences = [np.inf if np.isnan(gap) else gap for gap in differences]
    best = int(np.argmin(differences))
    return (
        f"the closest line has {_ends(candidates[best])}, "
        f"off by up to {number_text(differences[best])}"
    )


def _ends(values: NDArray[np.float64]) -> str:
    if values.size == 0:
        return "none"
    return f"first {number_text(float(values[0]))}, last {number_text(float(values[-1]))}"
