"""Compares a release with what lies in its folder, without writing."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.release.folders import CACHES, decode, list_files

DIFF_LINES = 12
"""As many lines of a difference as a reader needs to see what happened."""

DIFF_COLUMNS = 200
"""As many characters of a line."""

_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    ord("\t"): "\t",
    ord("\r"): "\\r",
    ord("\ufeff"): "\\ufeff",
}


def differences(files: Mapping[str, bytes], out: Path) -> Iterator[str]:
    """Say line by line in what a folder differs from a release; nothing where it does not.

    Caches that Python and pytest leave behind do not count.

    Parameters
    ----------
    files
        The release: contents by path.
    out
        The folder to compare it with.
    """
    present = list_files(out, lambda name: name.rpartition("/")[2] not in CACHES)
    for name in sorted({*files, *present}):
        if name not in present:
            yield f"missing  {name}"
        elif name not in files:
            yield f"extra    {name}"
        elif present[name].is_symlink() or not present[name].is_file():
            yield f"changed  {name}: is no regular file"
        elif (found := present[name].read_bytes()) != files[name]:
            yield f"changed  {name}"
            yield from _diff(found, files[name])


def _diff(found: bytes, wanted: bytes) -> Iterator[str]:
    if b"\0" in found + wanted:
        yield f"    binary: {len(found)} bytes there, {len(wanted)} to be released"
        return
    lines = list(
        difflib.unified_diff(_lines(found), _lines(wanted), "there", "released", lineterm="", n=1)
    )
    yield from (f"    {_cut(line.translate(_VISIBLE))}" for line in lines[:DIFF_LINES])
    if len(lines) > DIFF_LINES:
        yield f"    ... {len(lines) - DIFF_LINES} more lines"


def _cut(line: str) -> str:
    """The start of a line; a picture inside a notebook is one line of some hundred thousand."""
    return (
        line if len(line) <= DIFF_COLUMNS else f"{line[:DIFF_COLUMNS]} ... ({len(line)} characters)"
    )


def _lines(content: bytes) -> list[str]:
    """Lines without their newline; where the last has none, a note stands after it, as in git."""
    text = content.decode("utf-8") if _is_utf8(content) else decode(content)
    lines = text.split("\n")
    if lines[-1]:
        return [*lines, "\\ no newline at the end"]
    return lines[:-1]


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
