"""What the gradebook keeps, as types, and how they lie in its rows."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from grader.scores import Score


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the gradebook knows of a submission beside its scores."""

    id: str
    name: str | None = None
    user_id: str | None = None
    email: str | None = None
    login: str | None = None
    sis_id: str | None = None
    more: dict[str, Any] = {}
    """Whatever else identifies its students, as plain data: other numbers, partners."""
    source: str | None = None
    layout: str | None = None
    late: bool = False
    late_seconds: float | None = None
    submitted_at: datetime | None = None
    digest: str | None = None
    problem: str | None = None


class Kept(NamedTuple):
    """The last grading of a submission, and what its results depend on."""

    score: Score
    keys: dict[str, dict[str, str]] | None
    """Components by task; None: not known, as of a score taken over from ``score.json``."""


class NewAttempt(NamedTuple):
    """A grading to be recorded."""

    score: Score
    content: bytes
    """The same, encoded."""
    basis: int | None
    """The number of what all submissions of its run share of their keys."""
    seen: str | None
    """The submission's own side of the keys, as JSON."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What a grading is known to depend on by its score alone."""

    submission: str
    """As ``score.digest.submission`` has it."""
    solution: str
    """As ``score.digest.solution`` has it."""
    tasks: frozenset[str]
    """Ids of the tasks to score."""
    seed: int | None = None
    """None: any seed will do."""

    def matches(self, score: Score) -> bool:
        """Whether a score was made with this key, and needs nobody to look at it."""
        return (
            score.status == "graded"
            and score.digest.submission == self.submission
            and score.digest.solution == self.solution
            and {task.id for task in score.tasks} == self.tasks
            and self.seed in (None, score.environment.seed)
        )


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One grading of a submission."""

    number: int
    """Counted from 1."""
    run: int | None
    """None: taken over from a ``score.json``."""
    score: Score


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the command."""

    id: int
    started: str
    finished: str | None
    """None: it was stopped, or goes on."""
    command: tuple[str, ...]
    environment: dict[str, Any]
    seed: int | None


def iso(at: datetime | None) -> str:
    """A time as ISO 8601; now where None is given.

    Raises
    ------
    ValueError
        It has no time zone.
    """
    at = at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ValueError(f"a time in the gradebook needs a time zone: {at.isoformat()}")
    return at.isoformat()


def storable(text: str) -> str:
    """Text that SQLite and JSON take: bytes of a file name that are no UTF-8 become escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def to_json(value: object) -> str:
    """Plain data as JSON."""
    return msgspec.json.encode(_all_storable(value)).decode()


def _all_storable(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(name)): _all_storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_all_storable(item) for item in value]
    return value


def decode_keys(content: str) -> dict[str, dict[str, str]]:
    """Keys of tasks from JSON; ValueError for what are none."""
    return msgspec.json.decode(content, type=dict[str, dict[str, str]])


def entry_row(entry: Entry) -> dict[str, object]:
    """An entry as a row of `submissions`."""
    row = msgspec.structs.asdict(entry)
    row["more"] = to_json(entry.more)
    row["submitted_at"] = iso(entry.submitted_at) if entry.submitted_at else None
    return {n: storable(v) if isinstance(v, str) else v for n, v in row.items()}


def run_of(row: tuple[Any, ...]) -> Run:
    """A run of its row; ValueError for what is none."""
    values = dict(zip(Run.__struct_fields__, row, strict=True))
    for name in ("command", "environment"):
        values[name] = msgspec.json.decode(values[name])
    return msgspec.convert(values, Run)


def entry_of(row: tuple[Any, ...]) -> Entry:
    """An entry of its row; ValueError for what is none."""
    values = dict(zip(Entry.__struct_fields__, row, strict=True))
    values["more"] = msgspec.json.decode(values["more"])
    values["late"] = bool(values["late"])
    return msgspec.convert(values, Entry)
