"""The file of the gradebook: its tables, how it is opened, and what its errors mean.

A rollback journal, not a write-ahead log: it is as safe against a process killed at any instant,
leaves one file behind, and works on network file systems and for readers in read-only folders.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

VERSION: Final = 2
BUSY_S: Final = 10.0
"""How long to wait for another program that holds the file."""
_APPLICATION: Final = 0x47524452

_TABLES: Final = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    finished TEXT,
    command TEXT NOT NULL,
    environment TEXT NOT NULL,
    seed INTEGER
);
CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    name TEXT,
    user_id TEXT,
    email TEXT,
    login TEXT,
    sis_id TEXT,
    more TEXT NOT NULL DEFAULT '{}',
    source TEXT,
    layout TEXT,
    late INTEGER NOT NULL DEFAULT 0,
    late_seconds REAL,
    submitted_at TEXT,
    digest TEXT,
    problem TEXT
);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    submission TEXT NOT NULL REFERENCES submissions (id),
    run INTEGER REFERENCES runs (id),
    number INTEGER NOT NULL,
    status TEXT NOT NULL,
    points REAL NOT NULL,
    max_points REAL NOT NULL,
    penalty REAL NOT NULL,
    started_at TEXT NOT NULL,
    duration_s REAL NOT NULL,
    digest_submission TEXT NOT NULL,
    digest_solution TEXT NOT NULL,
    score TEXT NOT NULL,
    basis INTEGER REFERENCES bases (id),
    seen TEXT,
    UNIQUE (submission, number)
);
CREATE TABLE bases (
    id INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
);
CREATE TABLE adjustments (
    id INTEGER PRIMARY KEY,
    submission TEXT NOT NULL REFERENCES submissions (id),
    task TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('add', 'set')),
    points REAL NOT NULL,
    comment TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT
);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    submission TEXT NOT NULL REFERENCES submissions (id),
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_by TEXT
);
"""

_UPGRADES: Final = {
    1: """
CREATE TABLE bases (
    id INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
);
ALTER TABLE attempts ADD COLUMN basis INTEGER REFERENCES bases (id);
ALTER TABLE attempts ADD COLUMN seen TEXT;
"""
}
"""What makes the tables of a version those of the next one. The key of an attempt has two parts:
`basis`, what all submissions of a run shared, and `seen`, which of its own files each task saw."""

REBUILT: Final = (
    "move it away, with the files beside it whose names begin with {name}, and grade again: it is "
    "rebuilt from the score.json files and adjustments.json"
)


class GradebookError(Exception):
    """The gradebook cannot be read or written; the message names the file and the fix."""


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open the file, made if missing and not `read_only`; raises sqlite3.Error.

    Statements outside a transaction are committed one by one.
    """
    # Not Path.as_uri(), which wants an absolute path; a '?' in it would begin the options.
    place = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"file:{place}?mode={mode}", uri=True, timeout=BUSY_S, isolation_level=None
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = EXTRA")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def is_new(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever kept in the file; raises sqlite3.Error."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and _pragma(connection, "application_id") == 0


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, inside the caller's transaction; raises sqlite3.Error."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def is_older(connection: sqlite3.Connection) -> bool:
    """Whether this is a gradebook of an older version; raises sqlite3.Error."""
    ours = _pragma(connection, "application_id") == _APPLICATION
    return ours and _pragma(connection, "user_version") in _UPGRADES


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring an older file's tables up to date, inside the caller's transaction.

    What is recorded stays as it is. Raises sqlite3.Error.
    """
    while (version := int(_pragma(connection, "user_version"))) in _UPGRADES:
        for statement in _UPGRADES[version].split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")


def check(connection: sqlite3.Connection, path: Path, *, read_only: bool = False) -> None:
    """See that this is a gradebook, of this version, and whole.

    An older one can be read as it is.

    Raises
    ------
    GradebookError
        It is not.
    sqlite3.Error
        It is so damaged that SQLite says so itself.
    """
    found = _pragma(connection, "quick_check")
    if found != "ok":
        raise GradebookError(damaged(path, str(found)))
    if _pragma(connection, "application_id") != _APPLICATION:
        raise GradebookError(f"{path}: is not a gradebook; " + REBUILT.format(name=path.name))
    version = _pragma(connection, "user_version")
    if version != VERSION and not (read_only and version in _UPGRADES):
        raise GradebookError(
            f"{path}: was written by another version of the grader (its tables are version "
            f"{version}, this grader knows {VERSION}); use that version, or "
            + REBUILT.format(name=path.name)
        )


def refuse_read_only(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.Error if the file cannot be written, which opening it does not tell."""
    connection.execute(f"PRAGMA user_version = {VERSION}")


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, object]) -> int:
    """Insert a row; its number. The names of table and columns must be our own."""
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    query = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    return int(connection.execute(query, tuple(row.values())).lastrowid or 0)


def stub(connection: sqlite3.Connection, submission: str) -> None:
    """Have a row for a submission, for others to refer to."""
    connection.execute(
        "INSERT INTO submissions (id) VALUES (?) ON CONFLICT DO NOTHING", (submission,)
    )


def _pragma(connection: sqlite3.Connection, name: str) -> int | str:
    value: int | str = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All statements inside take effect together, or none of them; raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk makes SQLite roll back by itself
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into GradebookError, with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise GradebookError(explain(path, error)) from error


def explain(path: Path, error: sqlite3.Error) -> str:
    """What an error of SQLite means for the person at the command line."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path}: another program has it open ({error}); close that one and try again"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return (
            f"{path}: could not be written or read whole ({error}); make room on its disk and run "
            "the same command again: what is recorded stays"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        why = "there is no such file" if not os.path.lexists(path) else str(error)
        return f"{path}: cannot be opened for this ({why}); see that its folder is there and yours"
    return damaged(path, str(error))


def damaged(path: Path, why: str) -> str:
    """The message for a file of which a part is not what it was."""
    return f"{path}: is damaged ({why.splitlines()[-1]}); " + REBUILT.format(name=path.name)
