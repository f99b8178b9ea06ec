"""The code that was graded, with the lines that checks stopped at.

It is read anew from where each submission came from, and shown only if its digest is that of the
score: what is shown is what was graded. Where the download has moved, a page says so.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.batch.intake import collect
from grader.batch.ipynb import Origin, Outline
from grader.batch.submission import IntakeError, Submission
from grader.report.records import Record
from grader.report.side_by_side import on_all_cores
from grader.scores import Score

_MAX_FILES: Final = 40
_MAX_CHARACTERS: Final = 200_000
"""Of one file; the rest of a longer one is not shown."""
_PLACE: Final = re.compile(r"^(?P<file>[^\n]+), line (?P<line>\d{1,7}), in ", re.MULTILINE)
_NO_NOTEBOOK: Final = Origin()
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
    stops: bool
    """Whether a check stopped in it."""


def find_code(
    records: Collection[Record], modules: Sequence[str], workdir: Path
) -> dict[str, Path]:
    """Folders of the files that were graded; see :func:`find_submissions`."""
    found = find_submissions(records, modules, workdir)
    return {name: taken.files for name, taken in found.items() if taken.files is not None}


def find_submissions(
    records: Collection[Record],
    modules: Sequence[str],
    workdir: Path,
    outlines: Sequence[Outline] = (),
) -> dict[str, Submission]:
    """What was graded, by submission id, as far as it can still be had.

    Parameters
    ----------
    records
        The submissions.
    modules
        File names of the assignment's units.
    workdir
        A private folder that lives as long as the files are needed.
    outlines
        What each unit defines, for finding it in notebooks.
    """
    sources: dict[Path, list[Record]] = {}
    parents: dict[Path, None] = {}
    for record in records:
        if record.entry.source:
            source = Path(record.entry.source)
            sources.setdefault(source, []).append(record)
            if record.entry.layout in _IN_DOWNLOADS:  # its files may lie side by side
                parents[source.parent] = None
    places = list(enumerate([*sources, *parents]))

    def collected(place: tuple[int, Path]) -> list[Submission]:
        number, source = place
        folder = workdir / str(number)
        folder.mkdir()
        copies = workdir / "notebooks" / str(number)
        try:
            return collect(
                [source], modules=modules, workdir=folder, outlines=outlines, notebooks=copies
            )
        except (IntakeError, OSError):
            return []

    taken = _Taken()
    own = places[: len(sources)]
    for (_, source), found in zip(own, on_all_cores(collected, own), strict=True):
        taken.add(source, found, sources[source])
    for place in places[len(sources) :]:
        if not all(taken.has(record) for record in records):
            taken.add(place[1], collected(place))
    graded = {record.id: taken.of(record) for record in records}
    return {name: submission for name, submission in graded.items() if submission is not None}


class _Taken:
    """What was taken in again from where submissions came from."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, str, str], Submission] = {}
        self._by_digest: dict[str, Submission] = {}

    def add(
        self, source: Path, found: Sequence[Submission], records: Sequence[Record] = ()
    ) -> None:
        """Note what was found at a place, and the records of which it is the source."""
        if len(found) == 1 and len(records) == 1:  # all there is, is theirs
            self._own[records[0].id, str(source), found[0].digest] = found[0]
        for submission in found:
            if submission.files is not None:
                key = submission.id, str(submission.source), submission.digest
                self._own[key] = submission
                self._by_digest.setdefault(submission.digest, submission)

    def has(self, record: Record) -> bool:
        """Whether a wider search could not find anything better for a record."""
        other = self._by_digest.get(record.score.digest.submission)
        return _key(record) in self._own or (other is not None and not other.notebooks)

    def of(self, record: Record) -> Submission | None:
        """What was graded; None where it cannot be found."""
        other = self._by_digest.get(record.score.digest.submission)
        return None if other is None else self._own.get(_key(record)) or _code_alone(other)


def _key(record: Record) -> tuple[str, str, str]:
    return record.id, record.entry.source or "", record.score.digest.submission


def _code_alone(submission: Submission) -> Submission:
    """A submission with the same code, without its notebooks: these may be another student's."""
    return msgspec.structs.replace(submission, notebooks=())


def read_code(folder: Path, score: Score, origin: Origin = _NO_NOTEBOOK) -> tuple[SourceFile, ...]:
    """The Python files of a submission, those in which a check stopped first.

    With an `origin`, messages name cells; the lines of the modules made of them are marked.
    """
    stops = stopping_lines(score)
    for module in origin.modules:
        stops[module] = {
            line: titles
            for name, lines in stops.items()
            for number, titles in lines.items()
            if (line := origin.line(module, name, number))
        }
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
    lines = tuple(
        Line(number, line, stops.get(number, ()))
        for number, line in enumerate(shown.split("\n"), start=1)
    )
    return SourceFile(
        name=name,
        lines=lines,
        cut=len(text) > _MAX_CHARACTERS,
        stops=any(line.stopped for line in lines),
    )
