"""What is compared: a grader gets the assignment, then submissions, and is told to grade them.

Each works in a folder of its own: :meth:`Tool.prepare` makes what a course has once, and
:meth:`Tool.grade` is what staff type when the submissions are in; only that is timed.
"""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from course import IMPORTS, Task

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


@dataclass(frozen=True)
class Submission:
    """One student's work."""

    name: str
    code: dict[str, str]
    """By task."""
    files: tuple[tuple[str, str], ...] = ()

    def module(self, tasks: Sequence[Task]) -> str:
        """All of it as one module."""
        return "\n\n".join([IMPORTS, *(self.code[task.name] for task in tasks)]) + "\n"

    def write_files(self, folder: Path) -> None:
        """Further files, beside the work itself."""
        for name, content in self.files:
            (folder / name).write_text(content)


class Tool:
    """A grader in an environment of its own."""

    name = ""
    isolates = ""
    """What it puts between a student's code and answers, results, machine; its own words."""
    classes: ClassVar[dict[str, tuple[int, int]]] = {}
    """By variant, submissions of two further classes: from the smaller to the larger one follows
    what each further submission takes. Where there are none, a class of 4 and the one that is
    asked for."""

    def __init__(self, python: Path, folder: Path, tasks: Sequence[Task]) -> None:
        self.python = python
        self.folder = folder
        self.tasks = tasks
        folder.mkdir(parents=True)
        self.prepare()

    def prepare(self) -> None:
        """Make what a course has before submissions come."""
        raise NotImplementedError

    def take(self, submissions: Sequence[Submission]) -> None:
        """Lay submissions where the tool expects them."""
        raise NotImplementedError

    def grade(self, submissions: Sequence[Submission], jobs: int) -> None:
        """Grade them all."""
        raise NotImplementedError

    def scores(self, submissions: Sequence[Submission]) -> dict[str, float]:
        """Points by name; a submission that the tool gave no score has none."""
        raise NotImplementedError

    def run(self, *command: str, cwd: Path | None = None, patience_s: float = 1800) -> None:
        """Run a program of the tool's environment; whether it ends well is seen by its scores.

        One that takes longer than `patience_s` is ended.
        """
        program, *arguments = command
        place = self.python.parent / program
        first = [str(place)] if place.exists() else [str(self.python), program]
        path = f"{self.python.parent}:{os.environ['PATH']}"
        late = contextlib.suppress(subprocess.TimeoutExpired)
        with (self.folder / "log.txt").open("ab") as log, late:
            subprocess.run(
                [*first, *arguments],
                cwd=cwd or self.folder,
                env=ENVIRONMENT | {"PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                timeout=patience_s,
            )
