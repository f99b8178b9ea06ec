"""The code that was graded, with the lines that checks stopped at.

It is read anew from where each submission came from, and shown only if its digest is that of the
score: what is shown is what was graded. Where the download has moved, a page says so.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.batch.intake import collect
from grader.batch.ipynb import Origin, Outline
from grader.batch.submission import IntakeError, Submission
from grader.report.records import Record
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

    @property
    def stops(self) -> bool:
        """Whether a check stopped in it."""
        return any(line.stopped for line in self.lines)


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
    wanted = {record.id: record.score.digest.submission for record in records}
    sources: dict[Path, list[Record]] = {}
    parents: dict[Path, None] = {}
    for record in records:
        if record.entry.source:
            source = Path(record.entry.source)
            sources.setdefault(source, []).append(record)
            if record.entry.layout in _IN_DOWNLOADS:  # its files may lie side by side
                parents[source.parent] = None
    own: dict[tuple[str, str, str], Submission] = {}
    by_digest: dict[str, Submission] = {}
    for number, source in enumerate([*sources, *parents]):
        if source in parents and all(_is_found(record, own, by_digest) for record in records):
            break
        place = workdir / str(number)
        place.mkdir()
        try:
            found = collect(
                [source],
                modules=modules,
                workdir=place,
                outlines=outlines,
                notebooks=workdir / "notebooks" / str(number),
            )
        except (IntakeError, OSError):
            continue
        if len(found) == 1 and len(sources.get(source, ())) == 1:  # all there is, is theirs
            (record,) = sources[source]
            own[record.id, str(source), found[0].digest] = found[0]
        for submission in found:
            if submission.files is not None:
                own[submission.id, str(submission.source), submission.digest] = submission
                by_digest.setdefault(submission.digest, submission)
    return {
        record.id: own.get(_key(record)) or _code_alone(by_digest[wanted[record.id]])
        for record in records
        if wanted[record.id] in by_digest
    }


def _key(record: Record) -> tuple[str, str, str]:
    return record.id, record.entry.source or "", record.score.digest.submission


def _is_found(
    record: Record,
    own: Mapping[tuple[str, str, str], Submission],
    by_digest: Mapping[str, Submission],
) -> bool:
    other = by_digest.get(record.score.digest.submission)
    return _key(record) in own or (other is not None and not other.notebooks)


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
    return SourceFile(
        name=name,
        lines=tuple(
            Line(number, line, stops.get(number, ()))
            for number, line in enumerate(shown.split("\n"), start=1)
        ),
        cut=len(text) > _MAX_CHARACTERS,
    )
