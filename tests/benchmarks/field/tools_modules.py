"""The graders that take modules: pytest once per submission, and this project."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

from course import IMPORTS, Task
from tool import Submission, Tool


class Pytest(Tool):
    """``python -m pytest`` once per submission, with the module beside the tests."""

    name = "pytest"
    isolates = "nothing: one process a submission"

    def prepare(self) -> None:
        """The tests."""
        parts = [f"from ps1 import *\n{IMPORTS}\n"]
        for task in self.tasks:
            body = "\n".join(f"    {line}" for line in task.check.strip().split("\n"))
            parts.append(f"def test_{task.name}():\n{body}\n")
        (self.folder / "tests.py").write_text("\n\n".join(parts))

    def take(self, submissions: Sequence[Submission]) -> None:
        """A folder each, with the module and a copy of the tests."""
        for submission in submissions:
            place = self.folder / "submitted" / submission.name
            place.mkdir(parents=True)
            (place / "ps1.py").write_text(submission.module(self.tasks))
            submission.write_files(place)
            (place / "test_ps1.py").write_text((self.folder / "tests.py").read_text())

    def grade(self, submissions: Sequence[Submission], jobs: int) -> None:
        """One after another, or so many at a time."""

        def one(submission: Submission) -> None:
            place = self.folder / "submitted" / submission.name
            self.run("-m", "pytest", "-q", "--junitxml=result.xml", "test_ps1.py", cwd=place)

        with ThreadPoolExecutor(jobs) as threads:
            list(threads.map(one, submissions))

    def scores(self, submissions: Sequence[Submission]) -> dict[str, float]:
        """From the JUnit files, as a script of a course would; no file, no points."""
        found = {}
        for submission in submissions:
            path = self.folder / "submitted" / submission.name / "result.xml"
            text = path.read_text() if path.exists() else ""
            found[submission.name] = sum(task.points for task in self.tasks if _passed(text, task))
        return found


def _passed(junit: str, task: Task) -> bool:
    _, found, rest = junit.partition(f'name="test_{task.name}"')
    return bool(found) and rest.partition(">")[0].endswith("/")


class Grader(Tool):
    """This project: ``grader grade``, with the sandbox required."""

    name = "grader"
    isolates = "two processes; bubblewrap, namespaces, Landlock, seccomp, limits"
    classes: ClassVar = {"light": (100, 300), "training": (40, 120)}  # both judges are warm by then

    def prepare(self) -> None:
        """A solution with one unit."""
        tasks = ",\n".join(
            f'  {{ id = "{task.name}", title = "{task.name}", points = {task.points} }}'
            for task in self.tasks
        )
        checks = self.folder / "solution" / "checks" / "hidden"
        checks.mkdir(parents=True)
        (self.folder / "solution" / "assignment.toml").write_text(
            'id = "ps1"\ntitle = "Field"\n[limits]\ncheck_s = 60\n[[units]]\nmodule = "ps1.py"\n'
            f'title = "One"\ntasks = [\n{tasks},\n]\n'
        )
        right = Submission("solution", {task.name: task.code for task in self.tasks})
        (self.folder / "solution" / "ps1.py").write_text(right.module(self.tasks))
        parts = [f"import pytest\n{IMPORTS}\n"]
        for task in self.tasks:
            body = task.check.strip()
            for name in ("batchnorm_forward", "train"):
                body = body.replace(f"{name}(", f"student.ps1.{name}(")
            body = body.replace("Encoder(6, 9, 5)(", "student.keep(student.ps1.Encoder, 6, 9, 5)(")
            lines = "\n".join(f"    {line}" for line in body.split("\n"))
            head = f'@pytest.mark.task("{task.name}")\ndef test_{task.name}(student):'
            parts.append(f'{head}\n    """It does what it must."""\n{lines}\n')
        (checks / "test_ps1.py").write_text("\n\n".join(parts))

    def take(self, submissions: Sequence[Submission]) -> None:
        """A folder each."""
        for submission in submissions:
            place = self.folder / "submitted" / submission.name
            place.mkdir(parents=True)
            (place / "ps1.py").write_text(submission.module(self.tasks))
            submission.write_files(place)

    def grade(self, submissions: Sequence[Submission], jobs: int) -> None:
        """The whole folder."""
        self.run("grader", "grade", "submitted", "--sandbox=require", f"--jobs={jobs}", "--fresh")

    def scores(self, submissions: Sequence[Submission]) -> dict[str, float]:
        """From score.json."""
        found = {}
        for submission in submissions:
            path = self.folder / "results" / submission.name / "score.json"
            if path.exists():
                found[submission.name] = json.loads(path.read_text())["score"]
        return found
