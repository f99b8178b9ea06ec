"""Finds the comments that mark solution regions in a Python file.

Comments are found with :mod:`tokenize`, so that text inside a string is never taken for a marker.
A comment that only resembles a marker is an error: read as prose, it would let the solution out.
"""

import difflib
import io
import re
import tokenize
from dataclasses import dataclass
from typing import Literal

from grader.release.errors import at

Kind = Literal["begin", "end", "stub"]

_TASK = r"[a-z][a-z0-9_]*"
_BEGIN = re.compile(rf"# BEGIN SOLUTION (?P<text>{_TASK})")
_END = re.compile(rf"# END SOLUTION(?: (?P<text>{_TASK}))?")
_STUB = re.compile(r"# STUB: (?P<text>.*\S.*)")
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("begin", _BEGIN),
    ("end", _END),
    ("stub", _STUB),
)
_STUB_LIKE = re.compile(r"#[#\s]*(?:STUB\b|(?i:stub)\s*:)")
_ANYWHERE = re.compile(r"#\s*(BEGIN|END)[\s_-]*SOLUTION", re.IGNORECASE)
_SPELLING = (
    "markers are spelt '# BEGIN SOLUTION task', '# END SOLUTION' and '# STUB: code', "
    "each on a line of its own"
)


@dataclass(frozen=True)
class Marker:
    """One marker comment.

    ``line`` counts from 1. ``text`` is the task id of a ``begin`` or ``end`` (empty where an
    ``end`` does not repeat it) and the code of a ``stub``.
    """

    kind: Kind
    line: int
    text: str


def split_lines(path: str, source: bytes) -> list[bytes]:
    r"""Split ``source`` into lines with their ends (``\n`` or ``\r\n``).

    Raises
    ------
    ReleaseError
        A carriage return stands alone: Python would count lines differently from tokenize.
    """
    lines = [line + b"\n" for line in source.split(b"\n")]
    lines[-1] = lines[-1].removesuffix(b"\n")  # what follows the last line end, often nothing
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if b"\r" in line.removesuffix(b"\n").removesuffix(b"\r"):
            raise at(path, number, "holds a lone carriage return; end lines with LF or CRLF")
    return lines


def find_markers(path: str, source: bytes) -> list[Marker]:
    """All markers of a Python file, in order.

    Parameters
    ----------
    path
        How to name the file in errors.
    source
        The file's bytes without a byte order mark, in any encoding Python reads.

    Raises
    ------
    ReleaseError
        A comment resembles a marker but is none, shares its line with code, or a marker stands
        inside a string; or the file cannot be read as Python.
    """
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    except tokenize.TokenError as error:
        raise at(path, error.args[1][0], f"is not Python: {error.args[0]}") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise at(path, getattr(error, "lineno", None) or 1, f"is not Python: {error}") from error
    encoding = tokens[0].string
    lines = [line.decode(encoding) for line in split_lines(path, source)]
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    _refuse_markers_in_strings(path, lines, comments)
    markers = (_read_comment(path, token, lines[token.start[0] - 1]) for token in comments)
    return [marker for marker in markers if marker is not None]


def _read_comment(path: str, token: tokenize.TokenInfo, text: str) -> Marker | None:
    line, column = token.start
    comment = token.string.rstrip()
    for kind, pattern in _PATTERNS:
        match = pattern.fullmatch(comment)
        if match is None:
            continue
        if text[:column].strip(" \t\f"):
            raise at(path, line, f"the marker {comment!r} follows code; {_SPELLING}")
        return Marker(kind, line, match["text"] or "")
    if comment == "# BEGIN SOLUTION":
        raise at(path, line, "names no task; write '# BEGIN SOLUTION task' with the task's id")
    if resembles_marker(comment):
        raise at(path, line, f"{comment!r} resembles a marker but is none; {_SPELLING}")
    return None


def resembles_marker(comment: str) -> bool:
    """Whether a comment looks like a marker that somebody mistyped."""
    words = re.findall(r"[A-Za-z]+", comment)
    if re.match(r"(begin|end)solution", "".join(words).lower()):
        return True
    if {"SOLUTION", "SOLUTIONS"}.intersection(words) or _STUB_LIKE.match(comment):
        return True
    first, second = ([word.lower() for word in words[:2]] + ["", ""])[:2]
    return _close(second, "solution") and any(
        _close(first, word) for word in ("begin", "end", "start")
    )


def _close(word: str, target: str) -> bool:
    return difflib.SequenceMatcher(a=word, b=target).ratio() >= 0.75


def _refuse_markers_in_strings(
    path: str, lines: list[str], comments: list[tokenize.TokenInfo]
) -> None:
    starts = {token.start[0]: token.start[1] for token in comments}
    for number, line in enumerate(lines, start=1):
        for match in _ANYWHERE.finditer(line):
            if match.start() < starts.get(number, len(line)):
                message = f"the marker {match[0]!r} stands inside a string, where it marks nothing"
                raise at(path, number, f"{message}; reword the string")
