"""The one exception that every comparison raises, and the short texts it carries."""

from typing import Any, Final

TEXT_LIMIT: Final = 300
"""Texts for `expected` and `actual` stay below this many characters: they stand in a table."""
MESSAGE_LIMIT: Final = 4000
"""A message has no more characters than this, whatever a student called their parameters."""


class CheckFailure(AssertionError):  # noqa: N818  # an AssertionError: pytest speaks of failures
    """What a student's code produced is not what was asked for.

    Parameters
    ----------
    message
        What is wrong; may have several lines. Beyond 4,000 characters its middle is left out, and
        what is not printable becomes ``?``: names that a student chose may stand in it.
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
        self.message = _plain(_without_middle(message, MESSAGE_LIMIT), keep="\n")
        super().__init__(self.message)
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
    few = _without_middle(text, 20 * limit)  # what is far too long need not be read
    return _without_middle(_plain(" ".join(few.split())), limit - 1)


def _plain(text: str, keep: str = "") -> str:
    return "".join(c if c.isprintable() or c in keep else "?" for c in text)


def _without_middle(text: str, most: int) -> str:
    """At most so many characters, of which the middle ones become ``...``."""
    if len(text) <= most:
        return text
    keep = most - len(" ... ")
    head = (keep + 1) // 2
    return f"{text[:head]} ... {text[len(text) - (keep - head) :]}"


def quote(text: str, limit: int = 80) -> str:
    """Put a student's text between quotation marks, escaped and shortened."""
    return shorten(repr(_without_middle(text, 2 * limit)), limit)


def hide_failure(excinfo: Any) -> bool:
    """Whether pytest leaves a helper's frames out of a traceback.

    Every module of this package sets ``__tracebackhide__`` to this function: a failed check ends
    in the check's own line, while a fault of ours keeps its whole traceback.
    """
    return bool(excinfo.errisinstance(CheckFailure))
