"""Looks a second time at a finished release, for anything hidden.

Independent of the cutting, which should have seen to it already. It also finds what cutting cannot
see: a solution pasted into the exercise sheet, a public check, or a file packed beside them.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from grader.release.errors import ReleaseError, at
from grader.release.folders import decode, is_source, list_files, read
from grader.release.stub import Region, Stub

IN_OWN_STUB = 20
"""A region's line of more characters than this gives the solution away in its own stub."""

LINE_ELSEWHERE = 40
"""In other files (and inside a longer line) only longer lines do: ``with torch.no_grad():``
stands in anybody's code."""

LINES_ELSEWHERE = 80
"""Shorter lines give it away elsewhere where several follow each other, this long together."""

_INTERFACE = re.compile(r"(async def|class|def|from|import)\s|@")
"""Lines that say what a thing is called rather than how it works."""


def refuse_leaks(
    solution: Path,
    stubs: Mapping[str, Stub],
    files: Mapping[str, bytes],
    extras: Mapping[str, bytes],
) -> None:
    """Look through everything that students would get.

    Parameters
    ----------
    solution
        The solution's folder; the names of its hidden checks are taken from it.
    stubs
        The stub of each unit module, by its path in ``files``.
    files, extras
        Contents by path: the assignment folder, and what the zip holds beside it.

    Raises
    ------
    ReleaseError
        Lines of a solution region, or the name of a hidden check, stand in a file.
    """
    names = hidden_names(solution)
    for path, content in chain(files.items(), extras.items()):  # both may hold a README.md
        if b"\0" in content:
            continue  # not text
        text = _text(path, content)
        for name in names:
            if re.search(rf"\b{name}\b", text):
                fix = "rename the check, or take the name out"
                raise ReleaseError(f"{path}: names the hidden check {name}; {fix}")
        for stub_path, stub in stubs.items():
            _refuse_region_lines(path, text, stub, own=path == stub_path)


def _text(path: str, content: bytes) -> str:
    """A file as text; of a notebook every text in it, whose lines JSON would hide."""
    text = decode(content)
    if not path.endswith(".ipynb"):
        return text
    try:
        return "\n".join(_texts(json.loads(text)))
    except (ValueError, RecursionError):
        return text


def _texts(value: object) -> Iterator[str]:
    """Each text in a JSON value; a list of nothing but text, such as a cell's lines, is one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        yield "".join(value)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def hidden_names(solution: Path) -> list[str]:
    """List the test functions and classes that only hidden checks define, sorted."""
    checks = solution / "checks"
    return sorted(_test_names(checks / "hidden") - _test_names(checks / "public"))


def _test_names(folder: Path) -> set[str]:
    names: set[str] = set()
    for name, path in list_files(folder, is_source).items():
        if not name.endswith(".py"):
            continue
        try:
            tree = ast.parse(read(path))
        except SyntaxError as error:
            raise at(str(path), error.lineno or 1, f"is not valid Python: {error.msg}") from error
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        found = (node.name for node in ast.walk(tree) if isinstance(node, definitions))
        names.update(name for name in found if name.lower().startswith("test"))
    return names


def _refuse_region_lines(path: str, text: str, stub: Stub, own: bool) -> None:
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    known = frozenset(lines)
    for region in stub.regions:
        shown = _shown_line(region, stub, known, text, own) or _shown_run(region, stub, lines)
        if shown:
            fix = "take it out there, or show it in the stub too, outside the region"
            what = f"shows the solution of {region} of {stub.path}: {shown!r}"
            raise ReleaseError(f"{path}: {what}; {fix}")


def _shown_line(
    region: Region, stub: Stub, lines: frozenset[str], text: str, own: bool
) -> str | None:
    for line in region.hidden:
        if line in stub.open or _INTERFACE.match(line):
            continue
        if own and len(line) > IN_OWN_STUB and line in lines:
            return line
        if len(line) > LINE_ELSEWHERE and line in text:
            return line
    return None


def _shown_run(region: Region, stub: Stub, lines: list[str]) -> str | None:
    for run in _runs(region.hidden):
        if not stub.open.issuperset(run) and _follow_each_other(run, lines):
            return run[0]
    return None


def _runs(hidden: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """From each line on, the fewest lines with more than ``LINES_ELSEWHERE`` characters."""
    for start in range(len(hidden)):
        length = 0
        for end, line in enumerate(hidden[start:], start=start + 1):
            length += len(line)
            if length > LINES_ELSEWHERE:
                yield hidden[start:end]
                break


def _follow_each_other(run: tuple[str, ...], lines: list[str]) -> bool:
    starts = (i for i, line in enumerate(lines) if line == run[0])
    return any(tuple(lines[i : i + len(run)]) == run for i in starts)
