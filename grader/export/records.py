"""What an export is made from: each submission's student, score and the points that count."""

import tempfile
import weakref
import zlib
from collections.abc import Callable, Sequence
from functools import partial
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
    """One submission. Its score lies in a file, packed in a tenth of its size."""

    entry: Entry
    id: str
    open: bool
    """Whether a person has to settle its points first; such points are never exported."""
    read: Callable[[], Score]
    """Takes the score from where it lies."""
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
        *,
        shelf: "Shelf | None" = None,
    ) -> "Graded":
        """What is known of a submission; its score goes on a shelf, or on one of its own."""
        return cls(
            entry=entry,
            id=score.submission,
            open=score.status != "graded",
            read=(shelf or Shelf()).put(score),
            points=points,
            adjustments=adjustments,
            comments=comments,
        )

    @property
    def score(self) -> Score:
        """Of the last attempt."""
        return self.read()

    @property
    def identifiers(self) -> dict[str, str]:
        """What platforms call its student, beside the fields of the entry."""
        found = self.entry.more.get("identifiers")
        return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else {}


class Shelf:
    """Scores in a nameless file, since a class of thousands has hundreds of megabytes of them.

    The file is closed, and thereby gone, when nobody holds a score on it any more.
    """

    def __init__(self) -> None:
        """An empty shelf.

        Raises
        ------
        ExportError
            There is no place for temporary files.
        """
        try:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as its scores)
        except OSError as error:
            raise _no_room(error) from error
        weakref.finalize(self, self._file.close)
        self._end = 0
        self._last: tuple[int, Score] | None = None

    def put(self, score: Score) -> Callable[[], Score]:
        """Put a score on it, and return what takes it from there again.

        Raises
        ------
        ExportError
            The disk is full.
        """
        packed = zlib.compress(msgspec.json.encode(score), level=1)
        start, self._end = self._end, self._end + len(packed)
        try:
            self._file.seek(start)
            self._file.write(packed)
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from error
        return partial(self._take, start, len(packed))

    def _take(self, start: int, length: int) -> Score:
        if self._last is None or self._last[0] != start:  # one is often asked for several times
            self._file.seek(start)
            content = zlib.decompress(self._file.read(length))
            self._last = start, msgspec.json.decode(content, type=Score)
        return self._last[1]


def _no_room(error: OSError) -> ExportError:
    return ExportError(
        "scores cannot be laid down in a temporary folder while they are exported "
        f"({error.strerror}); make room there, or name another folder in TMPDIR"
    )


def read_graded(results: Path) -> tuple[tuple[Graded, ...], list[str]]:
    """Everything graded into a folder, in the order of ids, and what could not be read.

    Raises
    ------
    ExportError
        There is no such folder, nothing was graded into it, or the disk is full.
    GradebookError
        The gradebook is damaged.
    """
    if not results.is_dir():
        raise ExportError(f"{results}: no such folder; name the one that `grader grade` wrote")
    book, problems = open_gradebook(results)
    shelf = Shelf()
    with book:
        made = tuple(
            Graded.of(
                standing.entry,
                standing.score,
                standing.final.points,
                standing.adjustments,
                standing.comments,
                shelf=shelf,
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
