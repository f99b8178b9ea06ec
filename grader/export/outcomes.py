"""A score check by check, in points and in words, as its student may see it."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import msgspec

from grader.export.records import Graded
from grader.scores import Check, Score, Task, Visibility, student_view
from grader.texts import number, printable

_CENTS: Final = 100


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One check's part of a score. The outcomes of a task add up to its points."""

    task: Task
    id: str
    number: str
    """Such as ``3.2``: the second check of the third task."""
    title: str
    visibility: Visibility
    status: str
    points: float
    max_points: float
    text: str
    """Why it did not pass; empty for one that did."""


def outcomes(score: Score) -> list[Outcome]:
    """Every check of a score. What hidden ones said of inputs and expected values is left out.

    A task's points are shared out by the weights of its checks in hundredths, so that they add up.
    """
    found = []
    for place, task in enumerate(student_view(score).tasks, start=1):
        maxima = _shares(task)
        for index, (check, share) in enumerate(zip(task.checks, maxima, strict=True), start=1):
            found.append(
                Outcome(
                    task=task,
                    id=check.id,
                    number=f"{place}.{index}",
                    title=printable(check.title),
                    visibility=check.visibility,
                    status=check.status,
                    points=share if check.status == "passed" else 0.0,
                    max_points=share,
                    text=explain(check),
                )
            )
    return found


def explain(check: Check) -> str:
    """Why a check did not pass, as plain text; empty for one that did."""
    if check.status == "passed":
        return ""
    parts = [check.status.replace("_", " ") + (f": {check.message}" if check.message else "")]
    for name, text in (
        ("expected", check.expected),
        ("got", check.actual),
        ("hint", check.hint),
    ):
        if text:
            parts.append(f"{name}: {text}")
    return printable("\n".join(parts))


def remarks(graded: Graded) -> list[str]:
    """Penalty, adjustments and comments, a line each."""
    lines = []
    if graded.score.penalty:
        taken = number(graded.score.penalty.points)
        lines.append(f"Penalty: -{taken} points ({graded.score.penalty.reason})")
    for item in graded.adjustments:
        where = f" in {item.task}" if item.task else ""
        change = number(item.points)
        change = f"set to {change}" if item.kind == "set" else f"{'+' * (item.points >= 0)}{change}"
        because = f" ({item.comment})" if item.comment else ""
        lines.append(f"Adjustment{where}: {change} points{because}")
    lines += [f"Comment: {item.text}" for item in graded.comments]
    return [printable(line).replace("\n", " ") for line in lines]


def comment(graded: Graded) -> str:
    """What a student is told in a line or two, where a platform takes one text."""
    short = [
        f"{task.title}: {number(task.score)} / {number(task.max_score)}"
        for task in graded.score.tasks
        if task.score < task.max_score
    ]
    lines = [f"{number(graded.points)} of {number(graded.score.max_score)} points."]
    if graded.open:
        lines = ["A person will look at this submission before it has points."]
    elif short:
        lines.append("Points are missing in " + "; ".join(printable(s) for s in short) + ".")
    return "\n".join(lines + remarks(graded))


def _shares(task: Task) -> list[float]:
    """The points of each check in hundredths; those of passed ones add up to the task's."""
    passed = [index for index, check in enumerate(task.checks) if check.status == "passed"]
    others = [index for index in range(len(task.checks)) if index not in passed]
    shares = [0] * len(task.checks)
    whole, earned = round(task.max_score * _CENTS), round(task.score * _CENTS)
    if not others:
        earned = whole
    for group, cents in ((passed, earned), (others, whole - earned)):
        weights = [task.checks[index].weight for index in group]
        for index, share in zip(group, apportion(cents, weights), strict=True):
            shares[index] = share
    return [share / _CENTS for share in shares]


def apportion(whole: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in the ratio of the weights that add up to `whole` (largest remainder)."""
    if not weights:
        return []
    total = sum(map(Fraction, weights))
    exact = [whole * Fraction(weight) / total for weight in weights]
    shares = [math.floor(share) for share in exact]
    by_rest = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in by_rest[: whole - sum(shares)]:
        shares[index] += 1
    return shares
