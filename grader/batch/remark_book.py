"""The part of the gradebook that people write: adjustments and comments."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from grader.batch import gradebook_file as file
from grader.batch.records import iso, storable
from grader.batch.remarks import (
    MIRROR,
    Adjustment,
    Comment,
    Kind,
    RemarkError,
    Remarks,
    encode_remarks,
    read_remarks,
    refuse_bad_adjustment,
    refuse_no_author,
)
from grader.scores import ScoreError, write_whole

Table = Literal["adjustments", "comments"]
_TYPES: Final[Mapping[Table, type[Adjustment] | type[Comment]]] = {
    "adjustments": Adjustment,
    "comments": Comment,
}


class RemarkBook:
    """Adjustments and comments of a gradebook, mirrored in ``adjustments.json`` beside it.

    Nothing is deleted: what is withdrawn stays on record as such.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._mirror = path.with_name(MIRROR)

    def adjust(
        self,
        submission: str,
        *,
        kind: Kind,
        points: float,
        author: str,
        task: str | None = None,
        comment: str = "",
        at: datetime | None = None,
    ) -> Adjustment:
        """Add points to a task or submission, or set them; holds for later gradings too.

        Raises
        ------
        RemarkError
            No such submission; points not finite, or set below 0; no author.
        GradebookError
            It could not be written, in the gradebook or its mirror; then it is in neither.
        """
        refuse_bad_adjustment(kind, points, author)
        values = {"task": task, "kind": kind, "points": float(points)}
        values |= {"comment": storable(comment), "author": storable(author), "at": iso(at)}
        return msgspec.convert(self._add("adjustments", submission, values), Adjustment)

    def comment(
        self, submission: str, text: str, *, author: str, at: datetime | None = None
    ) -> Comment:
        """Write something about a submission; raises as :meth:`adjust` does."""
        refuse_no_author(author)
        values = {"text": storable(text), "author": storable(author), "at": iso(at)}
        return msgspec.convert(self._add("comments", submission, values), Comment)

    def withdraw(
        self, table: Table, number: int, *, author: str, at: datetime | None = None
    ) -> None:
        """Take back the adjustment or comment of that id.

        Raises
        ------
        RemarkError
            None of that id stands; no author.
        GradebookError
            As :meth:`adjust`.
        """
        refuse_no_author(author)
        if table not in _TYPES:
            raise RemarkError(f"{table!r}: adjustments and comments can be withdrawn, nothing else")
        with file.explained(self._path), file.transaction(self._connection):
            done = self._connection.execute(
                f"UPDATE {table} SET withdrawn_at = ?, withdrawn_by = ? "
                "WHERE id = ? AND withdrawn_at IS NULL",
                (iso(at), storable(author), number),
            )
            if done.rowcount != 1:
                raise RemarkError(f"{self._path}: no number {number} stands among the {table}")
            self._write_mirror()

    def all(self) -> Remarks:
        """All of them, withdrawn ones included, in the order they were made."""
        return msgspec.convert(
            {table: [self._named(table, row) for row in self._rows(table)] for table in _TYPES},
            Remarks,
        )

    def adjustments(self, submission: str) -> list[Adjustment]:
        """A submission's adjustments, withdrawn ones included."""
        return [item for item in self.all().adjustments if item.submission == submission]

    def comments(self, submission: str) -> list[Comment]:
        """A submission's comments, withdrawn ones included."""
        return [item for item in self.all().comments if item.submission == submission]

    def read_mirror(self) -> None:
        """Fill a new gradebook, inside the caller's transaction; raises GradebookError."""
        try:
            remarks = read_remarks(self._mirror)
        except RemarkError as error:
            raise file.GradebookError(str(error)) from error
        for table in _TYPES:
            for item in getattr(remarks, table):
                file.stub(self._connection, item.submission)
                try:
                    file.insert(self._connection, table, msgspec.structs.asdict(item))
                except sqlite3.IntegrityError as error:
                    raise file.GradebookError(
                        f"{self._mirror}: {table} number {item.id} cannot be taken over ({error}); "
                        "mend the file, or move it away to go on without it"
                    ) from error

    def mend_mirror(self) -> None:
        """Write the mirror anew if it says something else; raises GradebookError."""
        try:
            there = self._mirror.read_bytes()
        except OSError:
            there = encode_remarks(Remarks())
        if there != encode_remarks(self.all()):
            self._write_mirror()

    def _add(self, table: Table, submission: str, values: dict[str, Any]) -> dict[str, Any]:
        known = "SELECT 1 FROM submissions WHERE id = ?"
        with file.explained(self._path), file.transaction(self._connection):
            if not self._connection.execute(known, (submission,)).fetchone():
                raise RemarkError(f"{self._path}: there is no submission {submission!r}")
            values = {"submission": submission, **values}
            number = file.insert(self._connection, table, values)
            self._write_mirror()
        return {"id": number, **values}

    def _rows(self, table: Table) -> list[Any]:
        columns = ", ".join(_TYPES[table].__struct_fields__)
        with file.explained(self._path):
            query = f"SELECT {columns} FROM {table} ORDER BY id"
            return self._connection.execute(query).fetchall()

    def _named(self, table: Table, row: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(_TYPES[table].__struct_fields__, row, strict=True))

    def _write_mirror(self) -> None:
        # Inside a transaction and before it is committed, so that a full disk stops both.
        try:
            write_whole(self._mirror, encode_remarks(self.all()))
        except ScoreError as error:
            raise file.GradebookError(str(error)) from error
