"""What the pages are made from: everything a results folder knows of each submission."""

from pathlib import Path

import msgspec

from grader.batch.gradebook import Gradebook
from grader.batch.late import open_question
from grader.batch.records import Attempt, Entry
from grader.batch.remarks import Adjustment, Comment, Final, final_points
from grader.batch.standing import each_standing
from grader.manifest import Manifest
from grader.scores import Score


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
    history: tuple[Attempt, ...]
    """All attempts, the first one first; their scores without tasks."""
    folder: Path
    """Holds the artifacts."""
    attention: tuple[str, ...]
    """Why a person has to look at it; none: nobody needs to."""

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


def read_records(book: Gradebook, results: Path, manifest: Manifest) -> tuple[Record, ...]:
    """Everything known of every graded submission, in the order of ids.

    Raises
    ------
    ReportError
        Nothing was graded, or the scores are another assignment's.
    GradebookError
        The gradebook is damaged.
    """
    records = []
    for standing in each_standing(book):
        name, score = standing.score.submission, standing.score
        if score.assignment != manifest.id:
            raise ReportError(
                f"{results}: {name} was graded as {score.assignment!r}, and the manifest is that "
                f"of {manifest.id!r}; name the right folder with --solution"
            )
        records.append(
            Record(
                **standing._asdict(),
                history=tuple(_outline(attempt) for attempt in book.history(name)),
                folder=results / name,
                attention=_attention(standing.entry, score, standing.final, manifest),
            )
        )
    if not records:
        raise ReportError(f"{results}: nothing was graded into this folder yet")
    return tuple(records)


def _outline(attempt: Attempt) -> Attempt:
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
