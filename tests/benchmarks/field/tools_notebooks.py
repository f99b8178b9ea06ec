"""The graders that take notebooks: nbgrader and otter-grader."""

import csv
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course import IMPORTS
from tool import Submission, Tool


class Nbgrader(Tool):
    """``nbgrader autograde``; it has no jobs, so two jobs are two courses of half the class."""

    name = "nbgrader"
    isolates = "nothing: one kernel a submission"

    def prepare(self) -> None:
        """A course with the source notebook, and its release."""
        for number in (0, 1):
            course = self._course(number)
            (course / "source" / "ps1").mkdir(parents=True)
            (course / "nbgrader_config.py").write_text(
                "c = get_config()\nc.CourseDirectory.course_id = 'field'\n"
                "c.ExecutePreprocessor.timeout = 120\n"
            )
            cells = [_cell(IMPORTS, "imports", {"locked": True})]
            for task in self.tasks:
                stub = f"### BEGIN SOLUTION{task.code}### END SOLUTION\n"
                cells.append(_cell(stub, task.name, {"solution": True}))
                check = {"grade": True, "locked": True, "points": task.points}
                cells.append(_cell(task.check.strip(), f"{task.name}_check", check))
            _write(course / "source" / "ps1" / "ps1.ipynb", cells)
            self.run("nbgrader", "generate_assignment", "ps1", "--create", cwd=course)

    def _course(self, number: int) -> Path:
        return self.folder / f"course{number}"

    def take(self, submissions: Sequence[Submission]) -> None:
        """The released notebook with their code in the cells."""
        for number, submission in enumerate(submissions):
            course = self._course(number % 2)
            notebook = json.loads((course / "release" / "ps1" / "ps1.ipynb").read_text())
            for cell in notebook["cells"]:
                task = cell["metadata"]["nbgrader"]["grade_id"]
                if task in submission.code:
                    cell["source"] = submission.code[task]
            place = course / "submitted" / submission.name / "ps1"
            place.mkdir(parents=True)
            (place / "ps1.ipynb").write_text(json.dumps(notebook))
            submission.write_files(place)

    def grade(self, submissions: Sequence[Submission], jobs: int) -> None:
        """Both halves, one after another or at the same time."""
        with ThreadPoolExecutor(jobs) as threads:
            list(threads.map(self._autograde, (0, 1)))

    def _autograde(self, number: int) -> None:
        self.run("nbgrader", "autograde", "ps1", cwd=self._course(number))

    def scores(self, submissions: Sequence[Submission]) -> dict[str, float]:
        """From its own export."""
        found = {}
        names = {submission.name for submission in submissions}
        for number in (0, 1):
            course = self._course(number)
            self.run("nbgrader", "export", cwd=course)
            with (course / "grades.csv").open() as stream:
                for row in csv.DictReader(stream):
                    if row["student_id"] in names and row["raw_score"]:
                        found[row["student_id"]] = float(row["raw_score"])
        return found


class Otter(Tool):
    """``otter run`` once per submission, with the zip that ``otter assign`` makes."""

    name = "otter"
    isolates = "nothing: one process a submission"

    def prepare(self) -> None:
        """The notebook for ``otter assign``, and its zip."""
        settings = "# ASSIGNMENT CONFIG\nname: ps1\nrun_tests: false\n"
        cells = [_raw(settings), _cell(IMPORTS, "imports", None)]
        for task in self.tasks:
            cells += [
                _raw(f"# BEGIN QUESTION\nname: {task.name}\npoints: {task.points}\n"),
                _raw("# BEGIN SOLUTION"),
                _cell(task.code, task.name, None),
                _raw("# END SOLUTION"),
                _raw("# BEGIN TESTS"),
                _cell(f"# HIDDEN\n{task.check.strip()}", f"{task.name}_check", None),
                _raw("# END TESTS"),
                _raw("# END QUESTION"),
            ]
        _write(self.folder / "ps1.ipynb", cells)
        self.run("otter", "assign", "ps1.ipynb", "dist", "--no-pdfs")

    def _zip(self) -> Path:
        found = sorted((self.folder / "dist" / "autograder").glob("*.zip"))
        if not found:
            raise SystemExit(f"otter assign made no zip; see {self.folder / 'log.txt'}")
        return found[0]

    def take(self, submissions: Sequence[Submission]) -> None:
        """A notebook each, with the metadata of the released one."""
        released = json.loads((self.folder / "dist" / "student" / "ps1.ipynb").read_text())
        for submission in submissions:
            place = self.folder / "submitted" / submission.name
            place.mkdir(parents=True)
            cells = [_cell(IMPORTS, "imports", None)]
            cells += [_cell(submission.code[t.name], t.name, None) for t in self.tasks]
            _write(place / "ps1.ipynb", cells, released["metadata"])
            submission.write_files(place)
            (place / "out").mkdir()

    def grade(self, submissions: Sequence[Submission], jobs: int) -> None:
        """One after another, or so many at a time."""
        archive = str(self._zip())

        def one(submission: Submission) -> None:
            place = self.folder / "submitted" / submission.name
            # It has no limit of its own, and waits for ever for a kernel that a submission ended.
            command = ("otter", "run", "-a", archive, "-o", "out", "ps1.ipynb")
            self.run(*command, cwd=place, patience_s=120)

        with ThreadPoolExecutor(jobs) as threads:
            list(threads.map(one, submissions))

    def scores(self, submissions: Sequence[Submission]) -> dict[str, float]:
        """From its results.json files."""
        found = {}
        for submission in submissions:
            path = self.folder / "submitted" / submission.name / "out" / "results.json"
            if path.exists():
                tests = json.loads(path.read_text())["tests"]
                found[submission.name] = sum(test.get("score") or 0 for test in tests)
        return found


def _cell(source: str, name: str, graded: dict[str, object] | None) -> dict[str, object]:
    metadata = {}
    if graded is not None:
        metadata["nbgrader"] = {
            "grade": False,
            "solution": False,
            "locked": False,
            "task": False,
            "schema_version": 3,
            "grade_id": name,
            **graded,
        }
    return {
        "cell_type": "code",
        "id": name.replace("_", "-"),
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _raw(text: str) -> dict[str, object]:
    return {"cell_type": "raw", "id": "raw", "metadata": {}, "source": text}


def _write(
    path: Path, cells: list[dict[str, object]], metadata: dict[str, object] | None = None
) -> None:
    for number, cell in enumerate(cells):
        cell["id"] = f"{cell['id']}-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": metadata or {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook))
