"""What a class's scores say of its tasks and checks.

Submissions that need a person have no settled points and are left out, and so is a check that
failed through no fault of the student, in that submission.
"""

import statistics
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from grader.report.records import WRONG, Record
from grader.scores import Check, Score, Task

LEAST: Final = 10
"""Submissions below which a correlation says nothing."""
BINS: Final = 20


class CheckFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One check over the class."""

    id: str
    title: str
    task: str
    task_title: str
    visibility: str
    submissions: int
    passed: float
    """Share of the submissions, 0 to 1."""
    discrimination: float | None
    """See :func:`discrimination`."""


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """Something that several students got wrong in the same way."""

    sentence: str
    misconception: str | None
    submissions: tuple[str, ...]
    share: float
    """Of all submissions, 0 to 1."""
    tasks: tuple[str, ...]
    """Ids."""
    checks: tuple[str, ...]
    """Titles."""
    example: str | None
    """The message that came most often."""


class TaskFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One task over the class."""

    id: str
    title: str
    points: float
    share: float | None
    """Of the points, 0 to 1, reached on average."""
    statuses: dict[str, int]


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a histogram: values from `low` to below `high`; the last includes its end."""

    low: float
    high: float
    count: int


def discrimination(passed: Sequence[int], rest: Sequence[float]) -> float | None:
    """How far a check separates strong from weak: the corrected point-biserial correlation.

    Pearson's correlation of a check, 1 for passed and 0 for not, with the points of all the other
    checks. The check's own points are taken out of the total, since an item correlates with a sum
    that it is part of (S. Henrysson, Correction of item-total correlations in item analysis,
    Psychometrika 28, 1963, 211-218).

    Parameters
    ----------
    passed, rest
        One value a submission.

    Returns
    -------
    float or None
        From -1 to 1; None where there are fewer than `LEAST` submissions, or one of the two does
        not vary.
    """
    if len(passed) < LEAST or len(set(passed)) < 2 or len(set(rest)) < 2:
        return None
    return statistics.correlation([float(value) for value in passed], rest)


def check_figures(records: Sequence[Record]) -> list[CheckFigures]:
    """Every check over the class, in the order of the most complete score."""
    seen: dict[str, _CheckSums] = {}
    settled = [record.score for record in records if record.settled]
    for score in sorted(settled, key=lambda score: -len(score.tasks)):
        for task in score.tasks:
            for check in task.checks:
                if check.status != "grader_error":
                    if check.id not in seen:
                        seen[check.id] = _CheckSums(task, check)
                    seen[check.id].add(score, task, check)
    return [sums.figures() for sums in seen.values()]


class _CheckSums:
    """One check, over the submissions so far: few bytes of each, since there may be thousands."""

    def __init__(self, task: Task, check: Check) -> None:
        self._task, self._check = task, check
        self._passed = bytearray()
        self._rest = array("d")
        """Points of all other checks."""

    def add(self, score: Score, task: Task, check: Check) -> None:
        self._passed.append(check.status == "passed")
        self._rest.append(round(score.score - _own_points(task, check), 6))

    def figures(self) -> CheckFigures:
        return CheckFigures(
            id=self._check.id,
            title=self._check.title,
            task=self._task.id,
            task_title=self._task.title,
            visibility=self._check.visibility,
            submissions=len(self._passed),
            passed=sum(self._passed) / len(self._passed),
            discrimination=discrimination(self._passed, self._rest),
        )


def _own_points(task: Task, check: Check) -> float:
    if check.status != "passed":
        return 0.0
    return task.max_score * check.weight / sum(item.weight for item in task.checks)


def task_figures(records: Sequence[Record]) -> list[TaskFigures]:
    """Every task over the class, in the order of the most complete score."""
    seen: defaultdict[str, list[Task]] = defaultdict(list)
    for record in sorted(records, key=lambda record: -len(record.score.tasks)):
        for task in record.score.tasks:
            seen[task.id].append(task)
    figures = []
    for tasks in seen.values():
        shares = [t.score / t.max_score for t in tasks if t.status != "error" and t.max_score]
        figures.append(
            TaskFigures(
                id=tasks[0].id,
                title=tasks[0].title,
                points=max(task.max_score for task in tasks),
                share=statistics.fmean(shares) if shares else None,
                statuses=dict(Counter(task.status for task in tasks)),
            )
        )
    return figures


def confusions(records: Sequence[Record]) -> list[Confusion]:
    """What was got wrong, the most frequent first.

    Checks that show the same misconception belong together; where none is named, those that gave
    the same hint; and else each check is one of its own.
    """
    seen: dict[tuple[str, str], _Alike] = {}
    for record in records:
        for task in record.score.tasks:
            for check in task.checks:
                if check.status in WRONG:
                    kind = _kind(check)
                    if kind not in seen:
                        seen[kind] = _Alike(check)
                    seen[kind].add(record.id, task, check)
    found = [alike.confusion(len(records)) for alike in seen.values()]
    return sorted(found, key=lambda item: (-len(item.submissions), item.sentence))


def _kind(check: Check) -> tuple[str, str]:
    if check.misconception:
        return "misconception", check.misconception
    return ("hint", check.hint) if check.hint else ("check", check.id)


class _Alike:
    """Checks that went wrong in the same way, so far."""

    def __init__(self, first: Check) -> None:
        self._first = first
        self._messages: Counter[str] = Counter()
        self._submissions: dict[str, None] = {}
        self._tasks: dict[str, None] = {}
        self._checks: dict[str, None] = {}

    def add(self, submission: str, task: Task, check: Check) -> None:
        if check.message:
            self._messages[_example(check)] += 1
        self._submissions[submission] = None
        self._tasks[task.id] = None
        self._checks[check.title] = None

    def confusion(self, submissions: int) -> Confusion:
        return Confusion(
            sentence=_sentence(self._first),
            misconception=self._first.misconception,
            submissions=tuple(self._submissions),
            share=len(self._submissions) / submissions,
            tasks=tuple(self._tasks),
            checks=tuple(self._checks),
            example=self._messages.most_common(1)[0][0] if self._messages else None,
        )


def _example(check: Check) -> str:
    """The first line of a message that says what was seen."""
    lines = (check.message or "").split("\n")
    told = check.misconception is not None and check.status == "failed" and len(lines) > 1
    return lines[1 if told else 0]


def _sentence(check: Check) -> str:
    """What was confused: the first line of a message, or the last one of a crash."""
    lines = (check.message or "").split("\n")
    said = lines[-1 if check.status == "crashed" else 0]
    if check.misconception and said:
        return said
    return check.hint or check.title


def histogram(records: Sequence[Record]) -> list[Bin]:
    """How many submissions reached how many points, remarks and penalties included."""
    values = [record.final.points for record in records if record.settled]
    most = max([record.score.max_score for record in records] + values, default=0.0)
    if not values or not most:
        return []
    counts = Counter(min(int(value / most * BINS), BINS - 1) for value in values)
    width = most / BINS
    return [
        Bin(low=index * width, high=(index + 1) * width, count=counts[index])
        for index in range(BINS)
    ]


def final_points_of(records: Sequence[Record]) -> list[float]:
    """The points that count, of submissions whose points are settled."""
    return [record.final.points for record in records if record.settled]


def weakest(score: Score) -> Task | None:
    """The task that lost the largest share of its points, the first if several; None for none."""
    short = [t for t in score.tasks if t.max_score and t.score < t.max_score]
    return min(short, key=lambda t: t.score / t.max_score) if short else None
