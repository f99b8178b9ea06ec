"""``grader report``: writes the class report and every student's feedback."""

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.batch.ipynb import read_outlines
from grader.batch.rebuild import GRADEBOOK, open_gradebook
from grader.batch.results import Results
from grader.manifest import load_manifest
from grader.report.code import find_submissions
from grader.report.feedback import level_at
from grader.report.kept import FEEDBACK_PAGES, REPORT, KeptPages
from grader.report.overview import overview
from grader.report.pages import FEEDBACK, Pages
from grader.report.records import Record, ReportError, not_graded, read_class


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a report came to."""

    index: Path
    submissions: int
    needs_person: int
    without_code: int
    """Submissions whose files could not be found any more."""
    shown: str
    """How much students are shown now, as ``[feedback]`` has it."""
    problems: tuple[str, ...]


def write_report(
    results: Path,
    solution: Path,
    *,
    now: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Written:
    """Write ``report/`` of a results folder, and ``feedback.*`` of each submission.

    Pages are made in a folder of their own and moved into place when all are whole.

    Parameters
    ----------
    results
        What ``grader grade`` wrote.
    solution
        Holds ``assignment.toml``.
    now
        The time that ``[feedback]`` goes by; None: the present.
    progress
        Told how many submissions have their pages, and of how many.

    Raises
    ------
    ReportError
        Nothing was graded there, or with another assignment.
    ManifestError, GradebookError, ResultsError
        As :func:`grader.manifest.load_manifest`, :class:`grader.batch.gradebook.Gradebook` and
        :class:`grader.batch.results.Results`, which also locks the folder.
    """
    manifest = load_manifest(solution)
    if not (results / GRADEBOOK).is_file():
        raise ReportError(
            f"{results}: nothing was graded into this folder ({results / GRADEBOOK} is missing)"
        )
    now = now or datetime.now(UTC)
    with Results(results) as folder, folder.work() as workdir:
        book, problems = open_gradebook(results)
        work = Path(workdir)
        (work / "code").mkdir()
        modules = [unit.module for unit in manifest.units]
        with book:
            records = read_class(book, results, manifest)
            missing = not_graded(book)
        kept = KeptPages(results, records, manifest, now)
        stale = [record for record in records if not kept.has(record)]
        parts = read_outlines(solution, modules)
        code = find_submissions(stale, modules, work / "code", parts)
        with Pages(work / "new", results / GRADEBOOK, records, manifest, now, code) as pages:
            for record in records:
                if kept.has(record):
                    kept.bring(record, work / "new" / REPORT)
            done = len(records) - len(stale)
            for place in pages.make([place for place, r in enumerate(records) if not kept.has(r)]):
                kept.note(records[place], with_code=records[place].id in code)
                done += 1
                progress(done, len(records))
            pages.index(overview(records, missing, manifest, _said(now)))
        kept.write(work / "new" / REPORT)
        _move(work, results, records)
    return Written(
        index=results / REPORT / "index.html",
        submissions=len(records),
        needs_person=sum(bool(record.attention) for record in records),
        without_code=sum(not kept.with_code(r) and not r.entry.problem for r in records),
        shown=level_at(manifest, now),
        problems=(*problems, *pages.problems),
    )


def _move(work: Path, results: Path, records: Iterable[Record]) -> None:
    """Put whole pages into place; a kill leaves old pages or new ones, never parts."""
    if hasattr(os, "sync"):  # once for all of them: thousands of single ones would take minutes
        os.sync()
    for record in records:
        folder = results / record.id
        for page in FEEDBACK_PAGES:
            made = work / "new" / FEEDBACK / f"{record.id}.{page}"
            if made.exists():  # else what lies there holds still
                folder.mkdir(exist_ok=True)
                made.replace(folder / page)
    if (results / REPORT).exists():
        (results / REPORT).rename(work / "old")
    (work / "new" / REPORT).rename(results / REPORT)
    shutil.rmtree(work / "old", ignore_errors=True)


def _said(now: datetime) -> str:
    return now.astimezone().strftime("%d %B %Y, %H:%M")
