"""From the source of a cell to Python, as a notebook would take it, with nothing executed.

Magics (``%matplotlib inline``), shell lines (``!pip install``) and help (``Encoder?``) become
``pass``, line for line, so that line numbers stay those of the cell. A cell magic that runs the
rest of its cell as Python, such as ``%%time``, loses that line alone; any other takes its cell with
it.
"""

import ast
import re
import warnings
from dataclasses import dataclass, field
from typing import Final

_RUNS_PYTHON: Final = frozenset({"capture", "prun", "time"})
_CELL: Final = re.compile(r"\s*%%(\w*)")
_LINE: Final = re.compile(r"\s*(?:%|!|\?)|[^#\"']*\?\s*$")
_ASSIGNED: Final = re.compile(r"\s*(?P<names>[A-Za-z_][\w\s,]*)=\s*[!%]\s*\w")
_MOST_TRIES: Final = 40
_MOST_PARSED: Final = 2**21
"""Characters that are parsed for one cell, one line after another, before all lines that could be
magics are taken for magics."""


@dataclass
class Code:
    """A cell as Python."""

    lines: list[str]
    """Its lines, as many as in the cell."""
    tree: ast.Module
    skipped: list[str] = field(default_factory=list)
    """Magics and shell lines that were left out."""
    lost: dict[str, int] = field(default_factory=dict)
    """Names that a skipped line would have made, and the number of that line."""
    error: str | None = None
    """What is wrong with it, if it is no Python; then there is nothing in the tree."""
    error_line: int = 1


def to_python(source: str) -> Code:
    """Read the source of a cell.

    Parameters
    ----------
    source
        With LF as its line ends.
    """
    code = Code(_dedented(source.split("\n")), ast.Module([], []))
    first = next((n for n, line in enumerate(code.lines) if line.strip()), 0)
    magic = _CELL.match(code.lines[first])
    if magic:
        code.skipped.append(code.lines[first].strip())
        if magic[1] not in _RUNS_PYTHON:
            code.lines = [""] * len(code.lines)
            return code
        code.lines[first] = ""
    _parse(code)
    return code


def parse(text: str) -> ast.Module:
    """Parse without a word on standard error; raises what :func:`ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _dedented(lines: list[str]) -> list[str]:
    """Without the indent of the first line of code, which a notebook removes from all lines."""
    first = next((line for line in lines if line.strip() and line.strip()[0] != "#"), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _parse(code: Code) -> None:
    tries = parsed = 0
    while True:
        text = "\n".join(code.lines)
        tries += 1
        parsed += len(text)
        try:
            code.tree = parse(text)
        except SyntaxError as error:
            line = error.lineno or 1
            if tries < _MOST_TRIES and parsed < _MOST_PARSED and _skip(code, line):
                continue
            numbers = range(1, len(code.lines) + 1)
            if tries <= _MOST_TRIES and sum(_skip(code, number) for number in numbers):
                tries = _MOST_TRIES
                continue
            code.error, code.error_line = error.msg or "invalid syntax", line
        except (RecursionError, MemoryError):
            code.error = "it is nested too deeply"
        except ValueError as error:  # a null byte, or half a character
            code.error = str(error)
        return


def _skip(code: Code, number: int) -> bool:
    """Take a line for a magic, if it can be one."""
    index = number - 1
    if not 0 <= index < len(code.lines):
        return False
    line = code.lines[index]
    assigned = _ASSIGNED.match(line)
    if not (_LINE.match(line) or assigned):
        return False
    code.skipped.append(line.strip())
    if assigned:
        names = re.findall(r"[A-Za-z_]\w*", assigned["names"])
        code.lost |= dict.fromkeys(names, number)
    code.lines[index] = line[: len(line) - len(line.lstrip())] + "pass"
    while line.endswith("\\") and index + 1 < len(code.lines):
        index += 1
        line = code.lines[index]
        code.lines[index] = ""
    return True
