"""The one exception that every comparison raises, and the short texts it carries."""

from typing import Any, Final

TEXT_LIMIT: Final = 300
"""Texts for `expected` and `actual` stay below this many characters: they stand in a table."""


class CheckFailure(AssertionError):  # noqa: N818  # an AssertionError: pytest speaks of failures
    """What a student's code produced is not what was asked for.

    Parameters
    ----------
    message
        What is wrong, in full; may have several lines.
    expected, actual
        What was expected and what came, each in one line below 300 characters, or None where
        there is nothing to show. Longer texts are shortened.
    hint
        What to try, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: str | None = None,
        actual: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = None if expected is None else shorten(expected)
        self.actual = None if actual is None else shorten(actual)
        self.hint = hint

    def __str__(self) -> str:
        parts = (("expected", self.expected), ("actual", self.actual), ("hint", self.hint))
        lines = [f"  {label}: {text}" for label, text in parts if text is not None]
        return "\n".join([self.message, *lines])


def shorten(text: str, limit: int = TEXT_LIMIT) -> str:
    """One line of printable text with fewer than `limit` characters.

    Runs of white space become one space, other unprintable characters become ``?`` (a student's
    text must not steer a terminal), and the middle of a longer text becomes ``...``.
    """
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "?" for character in line)
    if len(line) < limit:
        return line
    keep = limit - len(" ... ") - 1
    head = (keep + 1) // 2
    return f"{line[:head]} ... {line[len(line) - (keep - head) :]}"


def quote(text: str, limit: int = 80) -> str:
    """Put a student's text between quotation marks, escaped and shortened."""
    return shorten(repr(text), limit)


def hide_failure(excinfo: Any) -> bool:
    """Whether pytest leaves a helper's frames out of a traceback.

    Every module of this package sets ``__tracebackhide__`` to this function: a failed check ends
    in the check's own line, while a fault of ours keeps its whole traceback.
    """
    return bool(excinfo.errisinstance(CheckFailure))
