"""Makes the pages of a report: the class's, each submission's, and each student's feedback."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from grader.batch.gradebook import Gradebook
from grader.batch.submission import Submission
from grader.closing import Closing
from grader.manifest import Manifest
from grader.report.code import read_code
from grader.report.feedback import Feedback, make_feedback
from grader.report.kept import FEEDBACK_PAGES, PAGES, REPORT
from grader.report.pictures import read_artifacts
from grader.report.plain import feedback_markdown, feedback_text
from grader.report.records import Outline, WholeRecord, read_record
from grader.report.rendering import render, render_into
from grader.report.side_by_side import on_all_cores

FEEDBACK = "feedback"


class Pages(Closing):
    """Makes the pages in a folder: ``report/``, and ``feedback/`` with those of each student."""

    def __init__(
        self,
        folder: Path,
        gradebook: Path,
        records: tuple[Outline, ...],
        manifest: Manifest,
        now: datetime,
        code: dict[str, Submission],
    ) -> None:
        self.folder, self.records, self.manifest = folder, records, manifest
        self.now, self.code = now, code
        self.problems: list[str] = []
        self._gradebook = gradebook
        self._books: dict[int, Gradebook] = {}
        """By process: what is open in one must not be used in another."""
        (folder / REPORT / PAGES).mkdir(parents=True)
        (folder / FEEDBACK).mkdir()

    def make(self, places: Sequence[int]) -> Iterator[int]:
        """The pages of submissions and their feedback, on all cores; places as they are done."""
        for place, problem in on_all_cores(self._make, places):
            if problem is not None and problem not in self.problems:
                self.problems.append(problem)
            yield place

    def _make(self, place: int) -> tuple[int, str | None]:
        """One submission's page and feedback; what could not be shown as it should."""
        record = read_record(self._book(), self.records[place])
        artifacts = {t.id: read_artifacts(t, record.folder) for t in record.score.tasks}
        feedback = make_feedback(record, self.manifest, self.now, artifacts)
        problem = self._feedback(record, feedback)
        taken = self.code.get(record.id)
        page = render(
            "submission.html.j2",
            record=record,
            manifest=self.manifest,
            feedback=feedback,
            artifacts=artifacts,
            files=read_code(taken.files, record.score, taken.origin)
            if taken and taken.files
            else None,
            before=self.records[place - 1] if place else None,
            after=self.records[place + 1] if place + 1 < len(self.records) else None,
        )
        (self.folder / REPORT / PAGES / f"{record.id}.html").write_bytes(page)
        return place, problem

    def index(self, shown: object) -> None:
        """The first page."""
        path = self.folder / REPORT / "index.html"
        render_into(path, "index.html.j2", script="table.js", o=shown)

    def _feedback(self, record: WholeRecord, feedback: Feedback) -> str | None:
        page, problem = self._page(record, feedback)
        markdown, text = feedback_markdown(feedback), feedback_text(feedback)
        for name, content in zip(
            FEEDBACK_PAGES, (page, markdown.encode(), text.encode()), strict=True
        ):
            (self.folder / FEEDBACK / f"{record.id}.{name}").write_bytes(content)
        return problem

    def _page(self, record: WholeRecord, feedback: Feedback) -> tuple[bytes, str | None]:
        """The feedback as HTML: for notebooks the student's own, else a page of its own."""
        problem = None
        taken = self.code.get(record.id)
        if taken is not None and taken.notebooks and feedback.tasks:
            from grader.notebook.page import PageError, notebook_page  # loads nbconvert

            names = dict.fromkeys(o.notebook for o in taken.origin.modules.values())
            try:
                named = tuple(zip(names, taken.notebooks, strict=True))
                return notebook_page(feedback, named, taken.origin), None
            except PageError as error:
                problem = f"feedback of notebooks is shown without the notebooks: {error}"
        return render("feedback.html.j2", feedback=feedback), problem

    def close(self) -> None:
        """Close what was opened in this process; other ones have ended."""
        for book in self._books.values():
            book.close()

    def _book(self) -> Gradebook:
        if os.getpid() not in self._books:
            self._books[os.getpid()] = Gradebook(self._gradebook, read_only=True)
        return self._books[os.getpid()]
