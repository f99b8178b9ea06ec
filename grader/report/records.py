"""What the pages are made from: everything a results folder knows of each submission.

Of a large class only outlines are held at a time, with what the first page counts; a submission's
own page is made from the whole record, which is read for it.
"""

import hashlib
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader.batch.gradebook import Gradebook
from grader.batch.late import open_question
from grader.batch.records import Attempt, Entry
from grader.batch.remarks import Adjustment, Comment, Final, final_points
from grader.batch.results import ARTIFACTS
from grader.batch.standing import each_standing
from grader.manifest import Manifest
from grader.scores import Check, Score, Task

WRONG = ("failed", "crashed", "timed_out")
"""Ends of a check that show something was not understood; not begun and skipped ones do not."""
_Value = TypeVar("_Value")


class ReportError(Exception):
    """A report cannot be made of this folder; the message names the place and the fix."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One submission."""

    entry: Entry
    score: Score
    """Of the last attempt."""
    final: Final
    adjustments: tuple[Adjustment, ...]
    """Those that stand."""
    comments: tuple[Comment, ...]
    """Those that stand."""
    folder: Path
    """Holds the artifacts."""
    attention: tuple[str, ...]
    """Why a person has to look at it; none: nobody needs to."""
    attempts: int = 1

    @property
    def id(self) -> str:
        """The submission's id."""
        return self.score.submission

    @property
    def name(self) -> str:
        """The student's name, or the id where none is known."""
        return self.entry.name or self.id

    @property
    def settled(self) -> bool:
        """Whether its points are known."""
        return self.score.status == "graded"

    @property
    def adjusted_by(self) -> float:
        """Points that adjustments changed."""
        return self.final.points - final_points(self.score, ()).points


class Outline(Record, frozen=True, kw_only=True):
    """One submission of a class; of what was wrong its score has the first lines alone."""

    digest: str
    """Of the whole record, with what its pictures' files are."""


class WholeRecord(Record, frozen=True, kw_only=True):
    """One submission with all that is known of it."""

    history: tuple[Attempt, ...]
    """All attempts, the first one first; their scores without tasks."""


def read_class(book: Gradebook, results: Path, manifest: Manifest) -> tuple[Outline, ...]:
    """An outline of every graded submission, in the order of ids.

    Raises
    ------
    ReportError
        Nothing was graded, or the scores are another assignment's.
    GradebookError
        The gradebook is damaged.
    """
    outlines, shared = [], _Shared()
    for standing in each_standing(book):
        name, score = standing.score.submission, standing.score
        if score.assignment != manifest.id:
            raise ReportError(
                f"{results}: {name} was graded as {score.assignment!r}, and the manifest is that "
                f"of {manifest.id!r}; name the right folder with --solution"
            )
        outline = Outline(
            entry=standing.entry,
            score=shared.outline(score),
            final=standing.final,
            adjustments=standing.adjustments,
            comments=standing.comments,
            folder=results / name,
            attention=_attention(standing.entry, score, standing.final, manifest),
            attempts=len(standing.history),
            digest="",
        )
        digest = _digest(_whole(outline, standing.history))
        outlines.append(msgspec.structs.replace(outline, digest=digest))
    if not outlines:
        raise ReportError(f"{results}: nothing was graded into this folder yet")
    return tuple(outlines)


def read_record(book: Gradebook, outline: Outline) -> WholeRecord:
    """Everything known of a submission; GradebookError if the gradebook is damaged."""
    return _whole(outline, book.history(outline.id))


def _whole(outline: Outline, history: Sequence[Attempt]) -> WholeRecord:
    known = msgspec.structs.asdict(outline)
    del known["digest"]
    known["score"] = history[-1].score
    return WholeRecord(**known, history=tuple(_without_tasks(attempt) for attempt in history))


class _Shared:
    """What outlines of a class have in common, each part held once."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, Any] = {}

    def outline(self, score: Score) -> Score:
        """A score with what the first page shows of a class."""
        return msgspec.structs.replace(
            score,
            tasks=[self._task(task) for task in score.tasks],
            environment=self._once(msgspec.json.encode(score.environment), score.environment),
        )

    def _task(self, task: Task) -> Task:
        less = msgspec.structs.replace(task, checks=[_less(check) for check in task.checks])
        key = msgspec.json.encode(less)
        if key in self._parts:
            found: Task = self._parts[key]
            return found
        less.checks = [self._once(msgspec.json.encode(check), check) for check in less.checks]
        return self._once(key, less)

    def _once(self, key: Hashable, value: _Value) -> _Value:
        found: _Value = self._parts.setdefault(key, value)
        return found


def _less(check: Check) -> Check:
    """A check with what the first page shows of it."""
    wrong = check.status in WRONG
    lines = (check.message or "").split("\n") if wrong else []
    return msgspec.structs.replace(
        check,
        message="\n".join([*lines[:2], *lines[2:][-1:]]) or None,
        expected=None,
        actual=None,
        hint=check.hint if wrong else None,
        duration_s=0.0,
    )


def _digest(record: WholeRecord) -> str:
    plain = msgspec.structs.asdict(record) | {"folder": None}
    names = sorted(name for task in record.score.tasks for name in task.artifacts)
    found = [_stamp(record.folder / ARTIFACTS / Path(name).name) for name in names]
    return hashlib.sha256(msgspec.json.encode([plain, found], enc_hook=str)).hexdigest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _without_tasks(attempt: Attempt) -> Attempt:
    """An attempt without what its checks said."""
    score = msgspec.structs.replace(attempt.score, tasks=[])
    return msgspec.structs.replace(attempt, score=score)


def not_graded(book: Gradebook) -> tuple[Entry, ...]:
    """Submissions that were taken in but have no score, such as after a run that was stopped."""
    graded = book.begun()
    return tuple(entry for name, entry in book.entries().items() if name not in graded)


def _attention(entry: Entry, score: Score, final: Final, manifest: Manifest) -> tuple[str, ...]:
    found = []
    if score.status == "needs_review":
        found.append(score.reason or "something of the grader's own failed")
    question = open_question(
        late=entry.late,
        late_seconds=entry.late_seconds,
        submitted_at=entry.submitted_at,
        policy=manifest.late,
    )
    if question:
        found.append(question)
    found += [
        f"adjustment {item.id} is to the task {item.task}, which this score does not have"
        for item in final.unapplied
    ]
    return tuple(found)
