"""``summary.json``: what a run's scores say together.

It is made from the scores alone and the same for the same scores, in whatever order they came. All
points are those after the penalty. A submission that needs a person has no settled points and is
counted, but left out of every figure of points; so is a task with a check that failed through no
fault of the student, in that submission.
"""

import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.batch.late import after_penalty
from grader.scores import Environment, Score, Task, write_whole

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
    summing = Summing()
    for score in scores:
        summing.add(score)
    return summing.summary()


class Summing:
    """Sums scores up one by one; none of them is held."""

    def __init__(self) -> None:
        self._assignments: set[str] = set()
        self._statuses: Counter[str] = Counter()
        self._penalized = 0
        self._most = 0.0
        self._points = array("d")
        self._tasks: dict[str, _TaskSums] = {}
        self._reviews: list[Review] = []
        self._settings: Counter[Setting] = Counter()

    def add(self, score: Score) -> None:
        """Take in a score."""
        self._assignments.add(score.assignment)
        self._statuses[score.status] += 1
        self._penalized += score.penalty is not None
        self._most = max(self._most, score.max_score)
        if score.status == "graded":
            self._points.append(after_penalty(score))
        else:
            self._reviews.append(Review(submission=score.submission, reason=score.reason))
        for place, task in enumerate(score.tasks):
            # The most complete score gives the order, so that `--task` on one submission does not.
            rank = (-len(score.tasks), score.submission, place)
            self._tasks.setdefault(task.id, _TaskSums()).add(task, rank)
        self._settings[_setting(score.environment)] += 1

    def summary(self) -> Summary:
        """What they say together.

        Raises
        ------
        ValueError
            They belong to different assignments.
        """
        assignments = sorted(self._assignments)
        if len(assignments) > 1:
            raise ValueError(
                f"scores of different assignments lie together: {', '.join(assignments)}; "
                "grade each into a folder of its own"
            )
        tasks = sorted(self._tasks.values(), key=lambda sums: sums.rank)
        settings = (msgspec.structs.replace(s, submissions=n) for s, n in self._settings.items())
        return Summary(
            assignment=assignments[0] if assignments else None,
            submissions=self._statuses.total(),
            statuses=dict(sorted(self._statuses.items())),
            penalized=self._penalized,
            max_score=self._most,
            points=distribution(self._points),
            tasks=tuple(sums.summary() for sums in tasks),
            needs_review=tuple(sorted(self._reviews, key=lambda review: review.submission)),
            environments=tuple(
                sorted(settings, key=lambda s: (-s.submissions, msgspec.json.encode(s)))
            ),
        )


class _TaskSums:
    """One task, over the scores so far."""

    def __init__(self) -> None:
        self.rank: tuple[int, str, int] = (1, "", 0)
        """Of the score that gives title and place."""
        self._first: Task | None = None
        self._most = 0.0
        self._shares = array("d")  # of 10,000 submissions a list would take four times as much
        self._statuses: Counter[str] = Counter()
        self._misconceptions: Counter[str] = Counter()

    def add(self, task: Task, rank: tuple[int, str, int]) -> None:
        if self._first is None or rank < self.rank:
            self.rank = rank
            self._first = msgspec.structs.replace(task, checks=[], metrics={}, artifacts=[])
        self._most = max(self._most, task.max_score)
        if task.status != "error" and task.max_score:
            self._shares.append(task.score / task.max_score)
        self._statuses[task.status] += 1
        self._misconceptions.update({c.misconception for c in task.checks if c.misconception})

    def summary(self) -> TaskSummary:
        if self._first is None:
            raise ValueError("a task without scores")
        return TaskSummary(
            id=self._first.id,
            title=self._first.title,
            unit=self._first.unit,
            max_score=self._most,
            mean_share=round(statistics.fmean(self._shares), _PLACES) if self._shares else None,
            statuses=dict(sorted(self._statuses.items())),
            misconceptions=dict(sorted(self._misconceptions.items())),
        )


def _setting(environment: Environment) -> Setting:
    fields = msgspec.structs.asdict(environment)
    fields.pop("seed")
    fields["isolation"] = tuple(fields["isolation"])
    return Setting(submissions=0, **fields)


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
