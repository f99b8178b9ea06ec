"""What people add to a submission's score: adjustments and comments, and the points they lead to.

They are kept in the gradebook and, so that they outlive a damaged one, in ``adjustments.json``
beside it. They belong to a submission, not to one grading of it, and so survive regrading.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from grader.batch.late import PLACES
from grader.scores import Score

MIRROR = "adjustments.json"

Kind = Literal["add", "set"]


class RemarkError(Exception):
    """An adjustment or comment cannot be taken, or their file not be read; names the fix."""


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """Points that a person added (`add`, also negative) or set (`set`)."""

    id: int
    submission: str
    task: str | None
    """None: the submission as a whole."""
    kind: Kind
    points: float
    comment: str
    author: str
    at: str
    """ISO 8601 with offset."""
    withdrawn_at: str | None = None
    """Adjustments are never deleted, so that a grade can be explained later."""
    withdrawn_by: str | None = None


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote about a submission."""

    id: int
    submission: str
    text: str
    author: str
    at: str
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None


class Remarks(msgspec.Struct, frozen=True, kw_only=True):
    """All adjustments and comments of a results folder."""

    schema_version: Literal[1] = 1
    adjustments: tuple[Adjustment, ...] = ()
    comments: tuple[Comment, ...] = ()


class Final(msgspec.Struct, frozen=True, kw_only=True):
    """The points that count."""

    points: float
    """Never below 0; above `max_points` only where a person gave that many."""
    max_points: float
    adjusted: bool
    """Whether an adjustment was applied."""
    unapplied: tuple[Adjustment, ...] = ()
    """Those to tasks that the score does not have."""


def final_points(score: Score, adjustments: Sequence[Adjustment]) -> Final:
    """The points of a score after adjustments and penalty.

    Adjustments apply in the order given. Those to a task change what the tasks add up to; then the
    penalty is taken off, as many points as the score says; then come those to the submission as a
    whole, so that setting its points overrides the penalty too. Withdrawn ones do nothing.
    """
    tasks = {task.id: task.score for task in score.tasks}
    standing = [item for item in adjustments if item.withdrawn_at is None]
    unapplied = tuple(i for i in standing if i.task is not None and i.task not in tasks)
    earned = score.score
    for item in standing:
        if item.task in tasks:
            before = tasks[item.task]
            tasks[item.task] = max(0.0, _applied(before, item))
            earned += tasks[item.task] - before
    points = max(0.0, earned - (score.penalty.points if score.penalty else 0.0))
    for item in standing:
        if item.task is None:
            points = max(0.0, _applied(points, item))
    return Final(
        points=round(points, PLACES),
        max_points=score.max_score,
        adjusted=len(standing) > len(unapplied),
        unapplied=unapplied,
    )


def _applied(points: float, item: Adjustment) -> float:
    return item.points if item.kind == "set" else points + item.points


def refuse_bad_adjustment(kind: str, points: float, author: str) -> None:
    """Raise RemarkError for points that cannot be, or without a name to ask."""
    if kind not in ("add", "set"):
        raise RemarkError(f"an adjustment adds points or sets them; {kind!r} is neither")
    if not math.isfinite(points):
        raise RemarkError(f"an adjustment needs a finite number of points, not {points}")
    if kind == "set" and points < 0:
        raise RemarkError(f"points cannot be set to {points}; the least is 0")
    refuse_no_author(author)


def refuse_no_author(author: str) -> None:
    """Raise RemarkError for a remark that nobody answers for."""
    if not author.strip():
        raise RemarkError("say who this is from: the author is empty")


def encode_remarks(remarks: Remarks) -> bytes:
    """As indented UTF-8 JSON, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(remarks), indent=2) + b"\n"


def read_remarks(path: Path) -> Remarks:
    """Read ``adjustments.json``; empty where there is none.

    Raises
    ------
    RemarkError
        It cannot be read, or is not such a file.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Remarks)
    except FileNotFoundError:
        return Remarks()
    except (OSError, msgspec.DecodeError, UnicodeError) as error:
        raise RemarkError(
            f"{path}: the adjustments cannot be read ({error}); mend the file, or move it away to "
            "go on without them"
        ) from error
