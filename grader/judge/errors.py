"""Exceptions that come out of a student's code, and what they say."""

import re
from collections.abc import Sequence
from typing import Final

import pytest
from pytest_timeout import PYTEST_FAILURE_MESSAGE

from grader.worker.crash import Frame, exception_text

__all__ = [
    "TIMED_OUT",
    "Frame",
    "StudentError",
    "describe_error",
    "is_refusal",
    "is_timeout",
    "todo_task",
]

TIMED_OUT: Final = "TimedOut"
"""The kind of a StudentError for code that had no time left."""
_TIMEOUT_START: Final = PYTEST_FAILURE_MESSAGE.partition("%")[0]
_ENDS = frozenset(
    {
        "SystemExit",
        "KeyboardInterrupt",
        "GeneratorExit",
        "ProcessEnded",
        "ProtocolViolation",
        TIMED_OUT,
    }
)
"""Kinds of StudentError that end code rather than refuse what it was given."""
_TODO = re.compile(r"^TODO ([a-z][a-z0-9_]*)")


class StudentError(Exception):
    """An exception raised by a submission that runs in another process.

    Parameters
    ----------
    kind
        The exception's type name, such as ``ValueError``.
    text
        What the exception said.
    frames
        The lines of the submission it passed through, outermost first.
    """

    def __init__(self, kind: str, text: str, frames: Sequence[Frame] = ()) -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text
        self.frames = tuple(frames)


def describe_error(error: BaseException) -> str:
    """Type and text of an exception, such as ``ValueError: too few rows``."""
    if isinstance(error, StudentError):
        return str(error)
    text = exception_text(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def is_timeout(error: BaseException) -> bool:
    """Whether this is how pytest-timeout ends a check that takes longer than it may."""
    return isinstance(error, pytest.fail.Exception) and str(error).startswith(_TIMEOUT_START)


def is_refusal(error: BaseException) -> bool:
    """Whether code said with this exception that it will not take what it was given.

    An untouched TODO says nothing of the kind, nor does leaving Python, nor a process that ended.
    """
    if not isinstance(error, Exception) or todo_task(error):
        return False
    return not (isinstance(error, StudentError) and error.kind in _ENDS)


def todo_task(error: BaseException) -> str | None:
    """The task whose TODO raised this exception, or None if no TODO did."""
    if isinstance(error, StudentError):
        kind, text = error.kind, error.text
    else:
        kind, text = type(error).__name__, exception_text(error)
    found = _TODO.match(text) if kind == "NotImplementedError" else None
    return found.group(1) if found else None
