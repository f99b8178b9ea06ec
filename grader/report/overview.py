"""What the first page of a class report shows."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Final, overload

import msgspec

from grader.batch.records import Entry
from grader.batch.summary import Distribution, distribution
from grader.manifest import Gallery, Manifest
from grader.report.charts import Chart, score_chart
from grader.report.feedback import TASK_WORDS
from grader.report.pictures import Picture, read_picture
from grader.report.records import Record
from grader.report.statistics import (
    CheckFigures,
    Confusion,
    TaskFigures,
    check_figures,
    confusions,
    final_points_of,
    histogram,
    task_figures,
    weakest,
)
from grader.texts import number

_SIDE: Final = 3
"""Pictures on each side of a gallery."""
_SEPARATING: Final = 10
_WEAK: Final = 0.1
"""Discrimination below which a check deserves a look; an ordinary one has 0.2 to 0.6."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A submission's line in the table; each text with the number it is sorted by."""

    id: str
    name: str
    points: float
    points_text: str
    status: str
    late: float
    late_text: str
    late_why: str
    adjusted: float
    adjusted_text: str
    weakest: str
    untouched: int
    attempts: int
    lost: str
    """Ids of the tasks that lost points, with spaces between."""
    attention: tuple[str, ...]


class Rows(Sequence[Row]):
    """The lines of the table, each made when it is asked for, since there may be thousands."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Lines of these submissions; those that need a person come first, then by name."""
        self._records = sorted(records, key=lambda r: (not r.attention, r.name.casefold()))

    def __len__(self) -> int:
        """How many."""
        return len(self._records)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        """One line, or several."""
        if isinstance(place, slice):
            return tuple(map(_row, self._records[place]))
        return _row(self._records[place])


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One student's picture in a gallery."""

    id: str
    name: str
    value: str
    picture: Picture


class Wall(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures of the class side by side."""

    title: str
    metric: str
    best: tuple[Example, ...]
    typical: tuple[Example, ...]


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The class."""

    title: str
    made: str
    submissions: int
    max_score: str
    points: Distribution | None
    chart: Chart | None
    needs_person: tuple[Row, ...]
    not_graded: tuple[Entry, ...]
    tasks: tuple[TaskFigures, ...]
    statuses: tuple[str, ...]
    """Of tasks, those that occur."""
    confusions: tuple[Confusion, ...]
    separating: tuple[CheckFigures, ...]
    """The checks that separate strong from weak best."""
    doubtful: tuple[CheckFigures, ...]
    """Checks that strong submissions pass hardly more often than weak ones."""
    checks: tuple[CheckFigures, ...]
    walls: tuple[Wall, ...]
    rows: Rows
    names: dict[str, str]
    """Of students, by submission."""


def overview(
    records: Sequence[Record], not_graded: Sequence[Entry], manifest: Manifest, made: str
) -> Overview:
    """Everything the first page shows."""
    points = distribution(final_points_of(records))
    checks = check_figures(records)
    measured = sorted(
        (check for check in checks if check.discrimination is not None),
        key=lambda check: -(check.discrimination or 0),
    )
    tasks = tuple(task_figures(records))
    most = max(record.score.max_score for record in records)
    return Overview(
        title=manifest.title,
        made=made,
        submissions=len(records),
        max_score=number(most),
        points=points,
        chart=score_chart(histogram(records), points.median if points else None),
        needs_person=tuple(_row(record) for record in records if record.attention),
        not_graded=tuple(not_graded),
        tasks=tasks,
        statuses=tuple(s for s in TASK_WORDS if any(s in task.statuses for task in tasks)),
        confusions=tuple(confusions(records)),
        separating=tuple(measured[:_SEPARATING]),
        doubtful=tuple(c for c in reversed(measured) if (c.discrimination or 0) < _WEAK),
        checks=tuple(checks),
        walls=tuple(w for g in manifest.report.gallery if (w := _wall(g, records)) is not None),
        rows=Rows(records),
        names={record.id: record.name for record in records},
    )


def _row(record: Record) -> Row:
    score, final = record.score, record.final
    poorest = weakest(score)
    late, late_text, late_why = _lateness(record)
    return Row(
        id=record.id,
        name=record.name,
        points=final.points,
        points_text=number(final.points) + ("" if record.settled else " open"),
        status=score.status,
        late=late,
        late_text=late_text,
        late_why=late_why,
        adjusted=record.adjusted_by,
        adjusted_text=_signed(record.adjusted_by) if final.adjusted else "",
        weakest=f"{poorest.title} ({TASK_WORDS[poorest.status]})" if poorest else "",
        untouched=sum(task.status == "todo" for task in score.tasks),
        attempts=record.attempts,
        lost=" ".join(task.id for task in score.tasks if task.score < task.max_score),
        attention=record.attention,
    )


def _lateness(record: Record) -> tuple[float, str, str]:
    if record.score.penalty:
        points = record.score.penalty.points
        return points, f"late, -{number(points)}", record.score.penalty.reason
    if record.entry.late or (record.entry.late_seconds or 0) > 0:
        return 0.001, "late", ""
    return 0.0, "", ""


def _signed(points: float) -> str:
    return f"+{number(points)}" if points > 0 else number(points)


def _wall(gallery: Gallery, records: Sequence[Record]) -> Wall | None:
    """The best and the most typical pictures; None where no submission has one."""
    found: list[tuple[float, Record]] = []
    for record in records:
        for task in record.score.tasks:
            value = task.metrics.get(gallery.metric)
            if value is not None and f"artifacts/{gallery.artifact}" in task.artifacts:
                found.append((value, record))
    if not found:
        return None
    sign = 1 if gallery.best == "least" else -1
    middle = statistics.median(value for value, _ in found)
    best = sorted(found, key=lambda item: (sign * item[0], item[1].id))
    typical = sorted(found, key=lambda item: (abs(item[0] - middle), item[1].id))
    return Wall(
        title=gallery.title,
        metric=gallery.metric.replace("_", " "),
        best=_examples(best, gallery),
        typical=_examples(typical, gallery),
    )


def _examples(found: Sequence[tuple[float, Record]], gallery: Gallery) -> tuple[Example, ...]:
    examples: list[Example] = []
    seen: set[str] = set()
    for value, record in found:
        if len(examples) == _SIDE:
            break
        if record.score.digest.submission in seen:  # a copy of what is shown already
            continue
        seen.add(record.score.digest.submission)
        picture = read_picture(record.folder / "artifacts" / gallery.artifact)
        if picture:
            examples.append(
                Example(id=record.id, name=record.name, value=f"{value:.4g}", picture=picture)
            )
    return tuple(examples)
