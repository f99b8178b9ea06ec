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
from grader.batch.submission import Submission
from grader.manifest import Manifest, load_manifest
from grader.report.code import find_submissions, read_code
from grader.report.feedback import Feedback, level_at, make_feedback
from grader.report.kept import PAGES, REPORT, KeptPages
from grader.report.overview import overview
from grader.report.pictures import read_artifacts
from grader.report.plain import feedback_markdown, feedback_text
from grader.report.records import Record, ReportError, not_graded, read_records
from grader.report.rendering import render

FEEDBACK = "feedback"


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
        with book:
            records = read_records(book, results, manifest)
            missing = not_graded(book)
        work = Path(workdir)
        (work / "code").mkdir()
        modules = [unit.module for unit in manifest.units]
        outlines = read_outlines(solution, modules)
        kept = KeptPages(results, records, manifest, now)
        stale = [record for record in records if not kept.has(record)]
        code = find_submissions(stale, modules, work / "code", outlines)
        pages = _Pages(work / "new", records, manifest, now, code)
        for place, record in enumerate(records):
            if kept.has(record):
                kept.bring(record, work / "new" / REPORT)
            else:
                pages.add(place, record)
                kept.note(record, with_code=record.id in code)
            progress(place + 1, len(records))
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


class _Pages:
    """Makes the pages in a folder: ``report/`` and ``feedback/ID/``."""

    def __init__(
        self,
        folder: Path,
        records: tuple[Record, ...],
        manifest: Manifest,
        now: datetime,
        code: dict[str, Submission],
    ) -> None:
        self.folder, self.records, self.manifest = folder, records, manifest
        self.now, self.code = now, code
        self.problems: list[str] = []
        (folder / REPORT / PAGES).mkdir(parents=True)

    def add(self, place: int, record: Record) -> None:
        """The page of one submission, and its feedback."""
        feedback = make_feedback(record, self.manifest, self.now)
        self._feedback(record, feedback)
        taken = self.code.get(record.id)
        page = render(
            "submission.html.j2",
            record=record,
            manifest=self.manifest,
            feedback=feedback,
            artifacts={t.id: read_artifacts(t, record.folder) for t in record.score.tasks},
            files=read_code(taken.files, record.score, taken.origin)
            if taken and taken.files
            else None,
            before=self.records[place - 1] if place else None,
            after=self.records[place + 1] if place + 1 < len(self.records) else None,
        )
        (self.folder / REPORT / PAGES / f"{record.id}.html").write_bytes(page)

    def index(self, shown: object) -> None:
        """The first page."""
        page = render("index.html.j2", script="table.js", o=shown)
        (self.folder / REPORT / "index.html").write_bytes(page)

    def _feedback(self, record: Record, feedback: Feedback) -> None:
        place = self.folder / FEEDBACK / record.id
        place.mkdir(parents=True)
        (place / "feedback.html").write_bytes(self._page(record, feedback))
        (place / "feedback.md").write_bytes(feedback_markdown(feedback).encode())
        (place / "feedback.txt").write_bytes(feedback_text(feedback).encode())

    def _page(self, record: Record, feedback: Feedback) -> bytes:
        """The feedback as HTML: for notebooks the student's own, else a page of its own."""
        taken = self.code.get(record.id)
        if taken is not None and taken.notebooks and feedback.tasks:
            from grader.notebook.page import PageError, notebook_page  # loads nbconvert

            names = dict.fromkeys(o.notebook for o in taken.origin.modules.values())
            try:
                named = tuple(zip(names, taken.notebooks, strict=True))
                return notebook_page(feedback, named, taken.origin)
            except PageError as error:
                problem = f"feedback of notebooks is shown without the notebooks: {error}"
                if problem not in self.problems:
                    self.problems.append(problem)
        return render("feedback.html.j2", feedback=feedback)


def _move(work: Path, results: Path, records: Iterable[Record]) -> None:
    """Put whole pages into place; a kill leaves old pages or new ones, never parts."""
    if hasattr(os, "sync"):  # once for all of them: thousands of single ones would take minutes
        os.sync()
    for record in records:
        folder = results / record.id
        made = work / "new" / FEEDBACK / record.id
        if made.is_dir():  # else what lies there holds still
            folder.mkdir(exist_ok=True)
            for page in made.iterdir():
                page.replace(folder / page.name)
    if (results / REPORT).exists():
        (results / REPORT).rename(work / "old")
    (work / "new" / REPORT).rename(results / REPORT)
    shutil.rmtree(work / "old", ignore_errors=True)


def _said(now: datetime) -> str:
    return now.astimezone().strftime("%d %B %Y, %H:%M")
