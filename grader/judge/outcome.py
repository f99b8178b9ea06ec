"""Decides what the end of a check means, and what is said about it."""

import traceback
from pathlib import Path

import msgspec
import pytest

from grader.checks.failure import CheckFailure
from grader.judge.errors import (
    TIMED_OUT,
    StudentError,
    describe_error,
    is_timeout,
    todo_task,
)
from grader.judge.points import SKIP_START
from grader.scores import CheckStatus
from grader.worker import executor
from grader.worker.crash import Frame, own_frames

_TIMEOUT_HINT = "Look for a loop that never ends, or work that grows with the data."
TODO_MESSAGE = "not done yet: a TODO of this task is still there"


class Result(msgspec.Struct, kw_only=True):
    """How one check ended."""

    id: str
    status: CheckStatus
    message: str | None = None
    expected: str | None = None
    actual: str | None = None
    hint: str | None = None
    misconception: str | None = None
    duration_s: float = 0.0
    metrics: dict[str, float] = {}
    artifacts: list[str] = []


class Blocked(Exception):  # noqa: N818  # no error: it ends a check that cannot say anything
    """A check cannot run because one that it depends on did not pass."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


def judge_end(
    error: BaseException | None, *, check: str, task: str, folder: Path, limit_s: float
) -> Result:
    """What the end of a check means.

    Parameters
    ----------
    error
        The exception it ended with, or None.
    check, task
        The ids of the check and of its task.
    folder
        The submission's files; only lines of theirs are quoted.
    limit_s
        The wall-clock limit, for the message.
    """
    if error is None:
        return Result(id=check, status="passed")
    todo = todo_task(error) if came_from_student(error) else None
    if todo == task:
        return Result(id=check, status="todo", message=TODO_MESSAGE)
    if todo:
        return Result(
            id=check, status="skipped", message=f"{SKIP_START}{todo}, whose TODO is still there"
        )
    if isinstance(error, Blocked):
        return Result(id=check, status="skipped", message=str(error))
    if isinstance(error, CheckFailure):
        return Result(
            id=check,
            status="failed",
            message=error.message,
            expected=error.expected,
            actual=error.actual,
            hint=error.hint,
        )
    if isinstance(error, StudentError) and error.kind == TIMED_OUT:
        return Result(id=check, status="timed_out", message=error.text, hint=_TIMEOUT_HINT)
    if is_timeout(error):
        return Result(
            id=check,
            status="timed_out",
            message=f"stopped after {limit_s:g} s, the time limit of one check",
            hint=_TIMEOUT_HINT,
        )
    if came_from_student(error):
        return Result(id=check, status="crashed", message=describe_crash(error, folder))
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return Result(id=check, status="failed", message=str(error) or "the check did not hold")
    return Result(
        id=check,
        status="grader_error",
        message=f"the check itself failed with {describe_error(error)} at {_innermost(error)}; "
        "this is not your fault, please tell your course staff",
    )


def came_from_student(error: BaseException) -> bool:
    """Whether an exception came out of a request to the student's code."""
    if isinstance(error, StudentError):
        return True
    files = (frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__))
    return executor.__file__ in files


def describe_crash(error: BaseException, folder: Path) -> str:
    """The student's exception and the lines of their own files it passed through."""
    frames = own_lines(error, folder)
    shown = frames if len(frames) <= 6 else (*frames[:2], *frames[-4:])
    lines = [describe_error(error)]
    for frame in shown:
        lines.append(f"{frame.file}, line {frame.line}, in {frame.function}")
        if frame.source:
            lines.append(f"    {frame.source}")
    return "\n".join(lines)


def own_lines(error: BaseException, folder: Path) -> tuple[Frame, ...]:
    """The student's own lines that an exception passed through, outermost first.

    Where a submission is graded inside its assignment folder, the checks lie there too; their lines
    are not the student's.
    """
    if isinstance(error, StudentError):
        return error.frames
    frames = own_frames(error, folder)
    return tuple(frame for frame in frames if not frame.file.startswith("checks/"))


def _innermost(error: BaseException) -> str:
    stack = traceback.extract_tb(error.__traceback__)
    return f"{Path(stack[-1].filename).name}:{stack[-1].lineno}" if stack else "an unknown place"
