"""What an export is made from: each submission's student, score and the points that count."""

import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from grader.batch.rebuild import open_gradebook
from grader.batch.records import Entry
from grader.batch.remarks import Adjustment, Comment
from grader.batch.standing import each_standing
from grader.scores import Score


class ExportError(Exception):
    """An export cannot be made; the message names the file or value and the fix."""


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """One submission. Its score is held packed in a tenth of its size."""

    entry: Entry
    id: str
    open: bool
    """Whether a person has to settle its points first; such points are never exported."""
    packed: bytes
    points: float
    """What counts: after adjustments and penalty."""
    adjustments: tuple[Adjustment, ...] = ()
    """Those that stand."""
    comments: tuple[Comment, ...] = ()
    """Those that stand."""

    @classmethod
    def of(
        cls,
        entry: Entry,
        score: Score,
        points: float,
        adjustments: tuple[Adjustment, ...] = (),
        comments: tuple[Comment, ...] = (),
    ) -> "Graded":
        """What is known of a submission."""
        return cls(
            entry=entry,
            id=score.submission,
            open=score.status != "graded",
            packed=zlib.compress(msgspec.json.encode(score), level=1),
            points=points,
            adjustments=adjustments,
            comments=comments,
        )

    @property
    def score(self) -> Score:
        """Of the last attempt."""
        return _unpacked(self.packed)

    @property
    def identifiers(self) -> dict[str, str]:
        """What platforms call its student, beside the fields of the entry."""
        found = self.entry.more.get("identifiers")
        return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else {}


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Score:
    return msgspec.json.decode(zlib.decompress(packed), type=Score)


def read_graded(results: Path) -> tuple[tuple[Graded, ...], list[str]]:
    """Everything graded into a folder, in the order of ids, and what could not be read.

    Raises
    ------
    ExportError
        There is no such folder, or nothing was graded into it.
    GradebookError
        The gradebook is damaged.
    """
    if not results.is_dir():
        raise ExportError(f"{results}: no such folder; name the one that `grader grade` wrote")
    book, problems = open_gradebook(results)
    with book:
        made = tuple(
            Graded.of(
                standing.entry,
                standing.score,
                standing.final.points,
                standing.adjustments,
                standing.comments,
            )
            for standing in each_standing(book)
        )
    if not made:
        raise ExportError(f"{results}: nothing was graded into this folder yet")
    return made, problems


def refuse_open(graded: Sequence[Graded]) -> None:
    """Raise ExportError if no submission has settled points."""
    if all(item.open for item in graded):
        raise ExportError(
            "every submission needs a person first, so there are no points to export; the reasons "
            "are in summary.json"
        )
