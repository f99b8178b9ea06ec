"""The gradebook: every grading of a results folder and its history, in one SQLite file.

Everything is recorded in transactions, so that whoever is killed leaves whole records only. The
file is never the only place: scores lie in ``score.json``, remarks in ``adjustments.json``, and a
gradebook that is lost is rebuilt from both (:mod:`grader.batch.rebuild`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from grader.batch import gradebook_file as file
from grader.batch.gradebook_file import GradebookError
from grader.batch.records import (
    Attempt,
    Entry,
    Kept,
    NewAttempt,
    Run,
    decode_keys,
    entry_of,
    entry_row,
    iso,
    run_of,
    to_json,
)
from grader.batch.remark_book import RemarkBook
from grader.batch.remarks import Final, final_points
from grader.closing import Closing
from grader.scores import Score, ScoreError, decode_score, encode_score

Made = TypeVar("Made")


class Gradebook(Closing):
    """An open gradebook; close it, or use it as a context manager.

    Every method raises GradebookError, naming file and fix, when the file is damaged, its disk
    full, or another program holds it for longer than ten seconds.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open a gradebook; a missing one is made, with what ``adjustments.json`` has.

        Raises
        ------
        GradebookError
            It is damaged, of another version, or not a gradebook; it cannot be opened, or is
            missing and `read_only`; ``adjustments.json`` cannot be read.
        """
        self.path = path
        self._bases: dict[int, dict[str, dict[str, str]]] = {}
        with file.explained(path):
            self._connection = file.connect(path, read_only=read_only)
        self.remarks = RemarkBook(self._connection, path)
        """Adjustments and comments."""
        try:
            self._open(read_only)
        except BaseException:
            self._connection.close()
            raise

    def _open(self, read_only: bool) -> None:
        with file.explained(self.path):
            if read_only:
                file.check(self._connection, self.path, read_only=True)
                return
            with file.transaction(self._connection):
                if file.is_new(self._connection):
                    file.create(self._connection)
                    self.remarks.read_mirror()
            with file.transaction(self._connection):
                if file.is_older(self._connection):
                    file.upgrade(self._connection)
            file.check(self._connection, self.path)
            with file.transaction(self._connection):
                file.refuse_read_only(self._connection)
                self.remarks.mend_mirror()

    def close(self) -> None:
        """Close the file; the gradebook cannot be used afterwards."""
        self._connection.close()

    # Runs

    def start_run(
        self,
        command: Sequence[str],
        *,
        seed: int | None,
        environment: Mapping[str, Any],
        at: datetime | None = None,
    ) -> int:
        """Note that a run begins; its id."""
        with file.explained(self.path):
            row = {"started": iso(at), "command": to_json(list(command)), "seed": seed}
            row["environment"] = to_json(dict(environment))
            return file.insert(self._connection, "runs", row)

    def finish_run(self, run: int, at: datetime | None = None) -> None:
        """Note that a run came to its end."""
        self._known_run(run)
        with file.explained(self.path):
            self._connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (iso(at), run))

    def runs(self) -> list[Run]:
        """All runs, the first one first."""
        query = f"SELECT {', '.join(Run.__struct_fields__)} FROM runs ORDER BY id"
        return [self._read(run_of, row) for row in self._rows(query)]

    # Submissions and their attempts

    def register(self, entries: Iterable[Entry]) -> None:
        """Take in submissions, all or none; what was known of the same ids is replaced."""
        columns = Entry.__struct_fields__
        values = ", ".join(f":{name}" for name in columns)
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
        query = (
            f"INSERT INTO submissions ({', '.join(columns)}) VALUES ({values}) "
            f"ON CONFLICT (id) DO UPDATE SET {changes}"
        )
        with file.explained(self.path), file.transaction(self._connection):
            self._connection.executemany(query, map(entry_row, entries))

    def entries(self) -> dict[str, Entry]:
        """What is known of every submission, by id, in the order of ids."""
        query = f"SELECT {', '.join(Entry.__struct_fields__)} FROM submissions ORDER BY id"
        return {row[0]: self._read(entry_of, row) for row in self._rows(query)}

    def basis(self, keys: Mapping[str, Mapping[str, str]]) -> int:
        """Keep what all submissions of a run share of their tasks' keys, once; its number."""
        content = to_json(keys)
        with file.explained(self.path), file.transaction(self._connection):
            found = self._connection.execute("SELECT id FROM bases WHERE content = ?", (content,))
            row = found.fetchone()
            return (
                int(row[0]) if row else file.insert(self._connection, "bases", {"content": content})
            )

    def record(
        self, run: int | None, score: Score, *, basis: int | None = None, seen: str | None = None
    ) -> int:
        """Record a grading, whole or not at all; the number of the attempt, from 1.

        Parameters
        ----------
        run
            None: it is taken over from elsewhere.
        score
            What is recorded.
        basis, seen
            The keys of its tasks: what :meth:`basis` gave, and the submission's own side as JSON.

        Raises
        ------
        GradebookError
            As every method does, and where there is no such run.
        ScoreError
            The score must not be written.
        """
        attempt = NewAttempt(score, encode_score(score), basis, seen)
        (number,) = self.record_all(run, [attempt])
        return number

    def record_all(self, run: int | None, attempts: Iterable[NewAttempt]) -> list[int]:
        """Record gradings, all or none; raises as :meth:`record`."""
        if run is not None:
            self._known_run(run)
        with file.explained(self.path), file.transaction(self._connection):
            return [self._insert(run, attempt) for attempt in attempts]

    def _insert(self, run: int | None, attempt: NewAttempt) -> int:
        score = attempt.score
        file.stub(self._connection, score.submission)
        (number,) = self._connection.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM attempts WHERE submission = ?",
            (score.submission,),
        ).fetchone()
        file.insert(
            self._connection,
            "attempts",
            {
                "submission": score.submission,
                "run": run,
                "number": number,
                "status": score.status,
                "points": score.score,
                "max_points": score.max_score,
                "penalty": score.penalty.points if score.penalty else 0.0,
                "started_at": score.started_at,
                "duration_s": score.duration_s,
                "digest_submission": score.digest.submission,
                "digest_solution": score.digest.solution,
                "score": attempt.content.decode(),
                "basis": attempt.basis,
                "seen": attempt.seen,
            },
        )
        return int(number)

    def note_keys(self, submission: str, *, basis: int, seen: str) -> None:
        """Record what the last attempt's results depend on, where that was not known yet."""
        with file.explained(self.path):
            self._connection.execute(
                "UPDATE attempts SET basis = ?, seen = ? WHERE submission = ? AND number = "
                "(SELECT max(number) FROM attempts WHERE submission = ?)",
                (basis, seen, submission, submission),
            )

    def kept(self, submission: str) -> Kept | None:
        """The last attempt, with the keys of its tasks; None where there is none."""
        query = (
            "SELECT score, basis, seen FROM attempts WHERE submission = ? "
            "ORDER BY number DESC LIMIT 1"
        )
        for content, basis, seen in self._rows(query, submission):
            score = self._score(submission, content)
            if basis is None or seen is None:
                return Kept(score, None)
            shared = self._basis(basis)
            own = self._read(decode_keys, seen, f" of {submission}")
            return Kept(score, {task: shared.get(task, {}) | key for task, key in own.items()})
        return None

    def _basis(self, number: int) -> dict[str, dict[str, str]]:
        if number not in self._bases:
            rows = self._rows("SELECT content FROM bases WHERE id = ?", number)
            self._bases[number] = self._read(decode_keys, rows[0][0] if rows else "")
        return self._bases[number]

    def latest(self, submission: str) -> Score | None:
        """The score of the last attempt; None where there is none."""
        query = "SELECT score FROM attempts WHERE submission = ? ORDER BY number DESC LIMIT 1"
        rows = self._rows(query, submission)
        return self._score(submission, rows[0][0]) if rows else None

    def begun(self) -> dict[str, str]:
        """When the last attempt of each submission began, as its score has it."""
        query = (
            "SELECT submission, started_at FROM attempts AS this WHERE number = "
            "(SELECT max(number) FROM attempts WHERE submission = this.submission)"
        )
        return dict(self._rows(query))

    def history(self, submission: str) -> list[Attempt]:
        """All attempts of a submission, the first one first."""
        query = "SELECT number, run, score FROM attempts WHERE submission = ? ORDER BY number"
        return [
            Attempt(number=number, run=run, score=self._score(submission, content))
            for number, run, content in self._rows(query, submission)
        ]

    def each_history(self) -> Iterator[list[Attempt]]:
        """All attempts of each submission that has any, in the order of ids, one at a time."""
        return map(self.history, self._names("attempts"))

    def final(self, submission: str) -> Final | None:
        """The points that count, of the last attempt; None where there is none."""
        score = self.latest(submission)
        return final_points(score, self.remarks.adjustments(submission)) if score else None

    # Inside

    def _names(self, table: str) -> list[str]:
        return [
            name for (name,) in self._rows(f"SELECT DISTINCT submission FROM {table} ORDER BY 1")
        ]

    def _rows(self, query: str, *values: object) -> list[Any]:
        with file.explained(self.path):
            return self._connection.execute(query, values).fetchall()

    def _known_run(self, run: int) -> None:
        if not self._rows("SELECT 1 FROM runs WHERE id = ?", run):
            raise GradebookError(f"{self.path}: there is no run {run}")

    def _score(self, submission: str, content: str) -> Score:
        return self._read(decode_score, content, f" of {submission}")

    def _read(self, make: Callable[[Any], Made], content: object, whose: str = "") -> Made:
        try:
            return make(content)
        except (ValueError, ScoreError) as error:
            raise GradebookError(file.damaged(self.path, f"record{whose}: {error}")) from error
