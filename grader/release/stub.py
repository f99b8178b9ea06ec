"""Cuts a unit module of the solution to the stub that students get.

Pure: bytes in, bytes out. What lies outside the regions survives byte for byte.
"""

import tokenize
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

from grader.release.errors import ReleaseError, at
from grader.release.markers import Marker, find_markers, split_lines

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Region:
    """A solution region: its task, the lines of its two markers (from 1), and what it hides."""

    task: str
    first: int
    last: int
    hidden: tuple[str, ...]
    """The lines between the markers, stripped, without blank lines and STUB comments."""

    def __str__(self) -> str:
        return f"region {self.task!r} (lines {self.first}-{self.last})"


@dataclass(frozen=True)
class Stub:
    """What students get of one unit module.

    ``origin[i]`` is the solution's line (from 1) that line ``i + 1`` of ``content`` came from.
    ``open`` holds the stripped lines that the stub shows on purpose: all outside the regions, and
    the code of STUB comments.
    """

    path: str
    content: bytes
    regions: tuple[Region, ...]
    origin: tuple[int, ...]
    open: frozenset[str]

    def source_line(self, line: int) -> int:
        """Map a line of the stub to the solution's; lines past the end count as the last."""
        return self.origin[min(max(line, 1), len(self.origin)) - 1] if self.origin else 1

    def nearest_region(self, source_line: int) -> Region:
        """Find the region that holds a line of the solution, or else the one closest to it."""
        return min(
            self.regions,
            key=lambda region: max(region.first - source_line, source_line - region.last, 0),
        )

    def fault(self, line: int, what: str) -> ReleaseError:
        """Make the error for something that went wrong at a line of the stub."""
        source_line = self.source_line(line)
        region = self.nearest_region(source_line)
        place = "in" if region.first <= source_line <= region.last else "the nearest is"
        return at(
            self.path,
            source_line,
            f"{what}; {place} {region}: say with '# STUB: code' lines inside it what stands in "
            "for the solution, or move its markers",
        )


def cut(path: str, source: bytes, tasks: Collection[str]) -> Stub:
    """Replace every solution region of a unit by its stub.

    Parameters
    ----------
    path
        How to name the file in errors, such as ``solution/ridge.py``.
    source
        The file's bytes. Line ends, byte order mark, encoding and a missing last newline stay.
    tasks
        The ids of the unit's tasks; each needs a region, and regions may name no other.

    Raises
    ------
    ReleaseError
        Markers are broken, a task has no region, or the stub does not compile.
    """
    _refuse_bad_syntax(path, source)
    bom = _BOM if source.startswith(_BOM) else b""
    source = source.removeprefix(bom)
    lines = split_lines(path, source)
    encoding = _encoding(source)
    markers = find_markers(path, source)
    spans = _pair(path, markers, lines, tasks)
    stubs = {marker.line for marker in markers if marker.kind == "stub"}

    pieces: list[bytes] = []
    origin: list[int] = []
    shown: set[str] = set()
    regions: list[Region] = []
    number = 1
    while number <= len(lines):
        if number not in spans:
            pieces.append(lines[number - 1])
            origin.append(number)
            shown.add(lines[number - 1].decode(encoding).strip())
            number += 1
            continue
        task, last = spans[number]
        inside = range(number + 1, last)
        replaced = [n for n in inside if n in stubs]
        for stub_line in replaced:
            pieces.append(lines[stub_line - 1].replace(b"# STUB: ", b"", 1))
            origin.append(stub_line)
            shown.add(pieces[-1].decode(encoding).strip())
        indent, ending = _margins(lines[number - 1])
        if not replaced:
            pieces.append(indent + f'raise NotImplementedError("TODO {task}")'.encode() + ending)
            origin.append(number)
        pieces.append(indent + b"# END TODO" + _margins(lines[last - 1])[1])
        origin.append(last)
        texts = (lines[n - 1].decode(encoding).strip() for n in inside if n not in stubs)
        regions.append(Region(task, number, last, tuple(text for text in texts if text)))
        number = last + 1

    content = b"".join(pieces)
    stub = Stub(path, bom + content, tuple(regions), tuple(origin), frozenset(shown))
    _refuse_broken_stub(stub)
    if _encoding(content) != encoding:
        raise at(path, regions[0].first, "the region holds the coding comment; move it out")
    return stub


def _encoding(source: bytes) -> str:
    return tokenize.detect_encoding(BytesIO(source).readline)[0]


def _margins(line: bytes) -> tuple[bytes, bytes]:
    """Separate the indentation and the line end of a line."""
    body = line.rstrip(b"\r\n")
    return body[: len(body) - len(body.lstrip(b" \t\f"))], line[len(body) :]


def _pair(
    path: str, markers: list[Marker], lines: list[bytes], tasks: Collection[str]
) -> dict[int, tuple[str, int]]:
    """Find the regions as ``{line of BEGIN: (task, line of END)}``; raise for broken markers."""
    spans: dict[int, tuple[str, int]] = {}
    begin: Marker | None = None
    for marker in markers:
        if marker.kind == "begin":
            if begin is not None:
                message = f"BEGIN SOLUTION {marker.text} stands inside the region {begin.text!r}"
                fix = f"of line {begin.line}; close that with '# END SOLUTION' first"
                raise at(path, marker.line, f"{message} {fix}")
            if marker.text not in tasks:
                known = ", ".join(sorted(tasks))
                message = f"the manifest gives this unit no task {marker.text!r}"
                raise at(path, marker.line, f"{message}; its tasks are {known}")
            begin = marker
        elif begin is None:
            message = {
                "end": "END SOLUTION closes no region; add '# BEGIN SOLUTION task' above",
                "stub": "a STUB line stands outside every region; move it between the markers",
            }[marker.kind]
            raise at(path, marker.line, message)
        elif marker.kind == "end":
            _refuse_mismatch(path, begin, marker, lines)
            spans[begin.line] = (begin.text, marker.line)
            begin = None
    if begin is not None:
        message = f"BEGIN SOLUTION {begin.text} is never closed; add '# END SOLUTION' below"
        raise at(path, begin.line, message)
    for task in tasks:
        if task not in {name for name, _ in spans.values()}:
            fix = f"mark its lines with '# BEGIN SOLUTION {task}' and '# END SOLUTION'"
            raise at(path, 1, f"task {task!r} of the manifest has no region here; {fix}")
    return spans


def _refuse_mismatch(path: str, begin: Marker, end: Marker, lines: list[bytes]) -> None:
    if end.text not in ("", begin.text):
        message = f"END SOLUTION {end.text} closes the region {begin.text!r} of line {begin.line}"
        raise at(path, end.line, f"{message}; name the same task, or none")
    if _margins(lines[begin.line - 1])[0] != _margins(lines[end.line - 1])[0]:
        message = f"END SOLUTION is indented otherwise than its BEGIN in line {begin.line}"
        raise at(path, end.line, f"{message}; give both the same indentation")


def _refuse_bad_syntax(path: str, source: bytes) -> None:
    problem = _syntax_problem(path, source)
    if problem:
        raise at(path, problem[0], f"is not valid Python: {problem[1]}")


def _refuse_broken_stub(stub: Stub) -> None:
    problem = _syntax_problem(stub.path, stub.content)
    if problem:
        raise stub.fault(problem[0], f"the stub does not compile: {problem[1]}")


def _syntax_problem(path: str, source: bytes) -> tuple[int, str] | None:
    """Find the line (from 1) and what is wrong there; None if Python can read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the style of the solution is not this function's affair
        try:
            compile(source, path, "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.lineno or 1, error.msg
        except ValueError as error:  # null bytes, before Python 3.12
            return 1, str(error)
    return None
