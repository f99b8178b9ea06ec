"""``summary.json``: what a run's scores say together.

It is made from the scores alone and the same for the same scores, in whatever order they came. All
points are those after the penalty. A submission that needs a person has no settled points and is
counted, but left out of every figure of points; so is a task with a check that failed through no
fault of the student, in that submission.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.batch.late import after_penalty
from grader.scores import Score, Task, write_whole

SUMMARY: Final = "summary.json"
_PLACES: Final = 4


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Where values lie; quartiles by linear interpolation between the values."""

    mean: float
    median: float
    lower_quartile: float
    upper_quartile: float
    least: float
    most: float


class TaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One task over all submissions that were scored on it."""

    id: str
    title: str
    unit: str
    max_score: float
    mean_share: float | None
    """Of the points reached, 0 to 1; None where no submission is settled."""
    statuses: dict[str, int]
    misconceptions: dict[str, int]
    """How many submissions showed each."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that needs a person."""

    submission: str
    reason: str | None


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What some of the submissions were graded on."""

    submissions: int
    grader: str
    python: str
    torch: str | None
    numpy: str | None
    device: str
    threads: int
    isolation: tuple[str, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A run."""

    schema_version: Literal[1] = 1
    assignment: str | None
    """None where there are no scores."""
    submissions: int
    statuses: dict[str, int]
    penalized: int
    max_score: float
    points: Distribution | None
    """None where no submission is settled."""
    tasks: tuple[TaskSummary, ...]
    needs_review: tuple[Review, ...]
    environments: tuple[Setting, ...]
    """More than one where the folder was graded on different machines; seeds are left out."""


def summarize(scores: Iterable[Score]) -> Summary:
    """What scores say together.

    Raises
    ------
    ValueError
        They belong to different assignments.
    """
    ordered = sorted(scores, key=lambda score: score.submission)
    assignments = sorted({score.assignment for score in ordered})
    if len(assignments) > 1:
        raise ValueError(
            f"scores of different assignments lie together: {', '.join(assignments)}; "
            "grade each into a folder of its own"
        )
    settled = [score for score in ordered if score.status == "graded"]
    return Summary(
        assignment=assignments[0] if assignments else None,
        submissions=len(ordered),
        statuses=_counted(score.status for score in ordered),
        penalized=sum(score.penalty is not None for score in ordered),
        max_score=max((score.max_score for score in ordered), default=0.0),
        points=distribution([after_penalty(score) for score in settled]),
        tasks=_tasks(ordered),
        needs_review=tuple(
            Review(submission=score.submission, reason=score.reason)
            for score in ordered
            if score.status == "needs_review"
        ),
        environments=_settings(ordered),
    )


def write_summary(path: Path, summary: Summary) -> None:
    """Write ``summary.json`` whole or not at all; raises ScoreError naming the file and the fix."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")


def distribution(values: Sequence[float]) -> Distribution | None:
    """Where values lie; None where there are none."""
    if not values:
        return None
    lower, median, upper = (
        statistics.quantiles(values, n=4, method="inclusive")
        if len(values) > 1
        else [values[0]] * 3
    )
    return Distribution(
        mean=round(statistics.fmean(values), _PLACES),
        median=round(median, _PLACES),
        lower_quartile=round(lower, _PLACES),
        upper_quartile=round(upper, _PLACES),
        least=min(values),
        most=max(values),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _tasks(ordered: Sequence[Score]) -> tuple[TaskSummary, ...]:
    found: dict[str, list[Task]] = {}
    # The most complete score gives the order, so that `--task` on one submission does not.
    for score in sorted(ordered, key=lambda score: -len(score.tasks)):
        for task in score.tasks:
            found.setdefault(task.id, []).append(task)
    return tuple(_task(tasks) for tasks in found.values())


def _task(tasks: Sequence[Task]) -> TaskSummary:
    shares = [t.score / t.max_score for t in tasks if t.status != "error" and t.max_score]
    shown = [{c.misconception for c in task.checks if c.misconception} for task in tasks]
    first = tasks[0]
    return TaskSummary(
        id=first.id,
        title=first.title,
        unit=first.unit,
        max_score=max(task.max_score for task in tasks),
        mean_share=round(statistics.fmean(shares), _PLACES) if shares else None,
        statuses=_counted(task.status for task in tasks),
        misconceptions=_counted(name for names in shown for name in names),
    )


def _settings(ordered: Sequence[Score]) -> tuple[Setting, ...]:
    kinds: Counter[Setting] = Counter()
    for score in ordered:
        fields = msgspec.structs.asdict(score.environment)
        fields.pop("seed")
        fields["isolation"] = tuple(fields["isolation"])
        kinds[Setting(submissions=0, **fields)] += 1
    settings = (msgspec.structs.replace(kind, submissions=n) for kind, n in kinds.items())
    return tuple(sorted(settings, key=lambda s: (-s.submissions, msgspec.json.encode(s))))
