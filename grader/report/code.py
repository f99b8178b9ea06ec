"""The code that was graded, with the lines that checks stopped at.

It is read anew from where each submission came from, and shown only if its digest is that of the
score: what is shown is what was graded. Where the download has moved, a page says so.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.batch.intake import collect
from grader.batch.submission import IntakeError
from grader.report.records import Record
from grader.scores import Score

_MAX_FILES: Final = 40
_MAX_CHARACTERS: Final = 200_000
"""Of one file; the rest of a longer one is not shown."""
_PLACE: Final = re.compile(r"^(?P<file>[^\n]+), line (?P<line>\d{1,7}), in ", re.MULTILINE)
_IN_DOWNLOADS: Final = ("canvas", "moodle", "gradescope", "classroom")


class Line(msgspec.Struct, frozen=True):
    """One line of a file."""

    number: int
    text: str
    stopped: tuple[str, ...] = ()
    """Titles of the checks that stopped here."""


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a submission."""

    name: str
    lines: tuple[Line, ...]
    cut: bool
    """Whether there is more of it."""

    @property
    def stops(self) -> bool:
        """Whether a check stopped in it."""
        return any(line.stopped for line in self.lines)


def find_code(records: Iterable[Record], modules: Sequence[str], workdir: Path) -> dict[str, Path]:
    """Folders of the files that were graded, by submission id, as far as they can still be had.

    Parameters
    ----------
    records
        The submissions.
    modules
        File names of the assignment's units.
    workdir
        A private folder that lives as long as the folders are needed.
    """
    wanted = {record.id: record.score.digest.submission for record in records}
    sources: dict[Path, None] = {}
    parents: dict[Path, None] = {}
    for record in records:
        if record.entry.source:
            source = Path(record.entry.source)
            sources[source] = None
            if record.entry.layout in _IN_DOWNLOADS:  # its files may lie side by side
                parents[source.parent] = None
    by_digest: dict[str, Path] = {}
    for number, source in enumerate([*sources, *parents]):
        if source in parents and set(wanted.values()) <= by_digest.keys():
            break
        place = workdir / str(number)
        place.mkdir()
        try:
            found = collect([source], modules=modules, workdir=place)
        except (IntakeError, OSError):
            continue
        for submission in found:
            if submission.files is not None:
                by_digest.setdefault(submission.digest, submission.files)
    return {name: by_digest[digest] for name, digest in wanted.items() if digest in by_digest}


def read_code(folder: Path, score: Score) -> tuple[SourceFile, ...]:
    """The Python files of a submission, those in which a check stopped first."""
    stops = stopping_lines(score)
    names = sorted(path for path in folder.rglob("*.py") if path.is_file())[:_MAX_FILES]
    files = []
    for path in names:
        name = path.relative_to(folder).as_posix()
        text = path.read_bytes().decode("utf-8", "backslashreplace")
        files.append(_source_file(name, text, stops.get(name, {})))
    return tuple(sorted(files, key=lambda file: not file.stops))


def stopping_lines(score: Score) -> dict[str, dict[int, tuple[str, ...]]]:
    """Titles of the checks that stopped at a line, by file and line."""
    found: dict[str, dict[int, tuple[str, ...]]] = {}
    for check in (check for task in score.tasks for check in task.checks):
        if check.status == "passed" or not check.message:
            continue
        for place in _PLACE.finditer(check.message):
            lines = found.setdefault(place["file"], {})
            number = int(place["line"])
            titles = lines.get(number, ())
            if check.title not in titles:
                lines[number] = (*titles, check.title)
    return found


def _source_file(name: str, text: str, stops: dict[int, tuple[str, ...]]) -> SourceFile:
    shown = text[:_MAX_CHARACTERS].replace("\r\n", "\n").removesuffix("\n")
    return SourceFile(
        name=name,
        lines=tuple(
            Line(number, line, stops.get(number, ()))
            for number, line in enumerate(shown.split("\n"), start=1)
        ),
        cut=len(text) > _MAX_CHARACTERS,
    )
