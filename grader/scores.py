"""The record of one submission's grading, and its JSON Schema (version 1).

The types below are the definition: :func:`json_schema` is generated from them, shipped as
``score.schema.json``, and every score is checked against them before it is written. After a change
of the types, make the file anew: ``python -m grader.scores > grader/score.schema.json``.
"""

import contextlib
import math
import os
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

SCHEMA_VERSION = 1
SCHEMA_FILE = Path(__file__).with_name("score.schema.json")

CheckStatus = Literal["passed", "failed", "todo", "timed_out", "skipped", "crashed", "grader_error"]
TaskStatus = Literal["passed", "partial", "failed", "todo", "timed_out", "skipped", "error"]
ScoreStatus = Literal["graded", "needs_review"]
Visibility = Literal["public", "hidden"]

NonNegative = Annotated[float, Meta(ge=0)]


class ScoreError(Exception):
    """A score could not be read or must not be written; the message names file and field."""


class Check(msgspec.Struct, kw_only=True):
    """One check's result. Texts are null where there is nothing to say."""

    id: str
    title: str
    visibility: Visibility
    weight: Annotated[float, Meta(gt=0)]
    status: CheckStatus
    message: str | None = None
    expected: str | None = None
    actual: str | None = None
    hint: str | None = None
    misconception: str | None = None
    duration_s: NonNegative = 0.0


class Task(msgspec.Struct, kw_only=True):
    """One task's result: its checks, and what they add up to, in points."""

    id: str
    title: str
    unit: str
    status: TaskStatus
    score: NonNegative
    max_score: NonNegative
    checks: list[Check]
    metrics: dict[str, float] = {}
    artifacts: list[str] = []


class Penalty(msgspec.Struct, kw_only=True):
    """Points taken off by rule, such as for lateness."""

    reason: str
    points: NonNegative


class Environment(msgspec.Struct, kw_only=True):
    """What a grading ran on; enough to run it again."""

    grader: str
    python: str
    torch: str | None
    numpy: str | None
    device: str
    threads: int
    seed: int
    isolation: list[str]


class Digest(msgspec.Struct, kw_only=True):
    """SHA-256 of the graded files and of the checks that graded them."""

    submission: str
    solution: str


class Score(msgspec.Struct, kw_only=True):
    """One submission's grading."""

    schema_version: Literal[1] = 1
    assignment: str
    submission: str
    status: ScoreStatus
    reason: str | None = None
    score: NonNegative
    max_score: NonNegative
    tasks: list[Task]
    penalty: Penalty | None = None
    environment: Environment
    started_at: str
    duration_s: NonNegative
    digest: Digest


def json_schema(*, strict: bool = False) -> dict[str, Any]:
    """The JSON Schema of a score.

    Parameters
    ----------
    strict
        What writers must satisfy: no field beside the ones named. Readers must accept more.
    """
    (schema,), definitions = msgspec.json.schema_components([Score], ref_template="#/$defs/{name}")
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Score",
        **schema,
        "$defs": definitions,
    }
    for definition in document["$defs"].values():
        if definition.get("type") == "object" and "properties" in definition:
            # Writers always write every field; msgspec lists only those without a default.
            definition["required"] = list(definition["properties"])
            if strict:
                definition["additionalProperties"] = False
    return document


def encode_score(score: Score) -> bytes:
    """A score as indented UTF-8 JSON, ending in a newline.

    Raises
    ------
    ScoreError
        A field has a wrong type or value, or a number is not finite (JSON has no NaN).
    """
    try:
        builtins = msgspec.to_builtins(score, builtin_types=(bytes, bytearray))  # no base64
        msgspec.convert(builtins, Score)
        encoded = msgspec.json.encode(builtins)
    except (msgspec.ValidationError, TypeError, UnicodeEncodeError) as error:
        raise ScoreError(f"this score must not be written: {error}") from error
    try:
        msgspec.json.decode(encoded, type=Score)  # no field of a number takes the null of a NaN
    except msgspec.ValidationError as error:
        bad = _first_not_finite(builtins, "$")
        why = f"{bad} is not a finite number" if bad else error
        raise ScoreError(f"this score must not be written: {why}") from error
    return msgspec.json.format(encoded, indent=2) + b"\n"


def decode_score(content: bytes | str, *, origin: str = "score") -> Score:
    """Read a score; fields this version does not know are passed over.

    Raises
    ------
    ScoreError
        Not JSON, or not a score of schema version 1; the message begins with `origin`.
    """
    try:
        return msgspec.json.decode(content, type=Score)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ScoreError(f"{origin}: not a score of schema version 1: {error}") from error


def read_score(path: Path) -> Score:
    """Read ``score.json``; raises ScoreError naming the file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScoreError(f"{path}: cannot be read: {error.strerror}") from error
    return decode_score(content, origin=str(path))


def write_score(path: Path, score: Score) -> None:
    """Write a score whole or not at all; raises ScoreError naming the file and the fix."""
    try:
        content = encode_score(score)
    except ScoreError as error:
        raise ScoreError(f"{path}: {error}") from error
    write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by new content so that a reader sees the old or the new, never a part.

    Raises
    ------
    ScoreError
        The folder is missing or cannot be written, or the disk is full.
    """
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise ScoreError(
            f"{path}: cannot be written: {error.strerror}; name a file in a folder that exists "
            "and has room"
        ) from error
    finally:  # also when interrupted; after the rename there is nothing to remove
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _first_not_finite(value: object, where: str) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return where
    if isinstance(value, dict):
        children = [(f"{where}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        children = [(f"{where}[{index}]", item) for index, item in enumerate(value)]
    else:
        return None
    return next((bad for path, item in children if (bad := _first_not_finite(item, path))), None)


def student_view(score: Score) -> Score:
    """The same score as its student may see it.

    Public checks stay as they are. A hidden check keeps its status, weight and hint; its title
    becomes that of the task, and what it said of inputs and expected values is taken out, however
    it ended. Where other texts name it, such as that of a check it blocks, they name it as it is
    called here.
    """
    copied = msgspec.structs.replace
    view = copied(
        score,
        tasks=[
            copied(task, checks=[copied(check) for check in task.checks]) for task in score.tasks
        ],
    )
    names: dict[str, str] = {}
    for task in view.tasks:
        for index, check in enumerate(task.checks, start=1):
            if check.visibility == "hidden":
                old_id, old_title = check.id, check.title
                check.id = f"{task.id}.hidden_{index}"
                check.title = f"Hidden check of: {task.title}"
                check.message = check.expected = check.actual = None
                names |= {old_id: check.id, f'"{old_title}"': f'"{check.title}"'}
    view.reason = _rename(view.reason, names)
    for check in (check for task in view.tasks for check in task.checks):
        check.message = _rename(check.message, names)
        check.hint = _rename(check.hint, names)
    return view


def _rename(text: str | None, names: dict[str, str]) -> str | None:
    """Replace whole names in a text, the longest that fits at each place."""
    if not text or not any(name in text for name in names):
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?![\w\[]|\.\w)"
    return re.sub(pattern, lambda found: names[found[0]], text)


if __name__ == "__main__":  # python -m grader.scores > grader/score.schema.json
    import json

    print(json.dumps(json_schema(), indent=2))
