"""Grades modules in this very process with the public checks, as ``pytest assignment`` would.

It is the same pytest run, with the same plugin, checks and scoring; what surrounds it is put back.
"""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.judge.fixtures import SESSION
from grader.judge.session import Session
from grader.judge.table import render
from grader.notebook.surroundings import plain_builtins, undisturbed
from grader.notebook.timer import ThreadTimer, has_alarm
from grader.scores import Score, read_score

_ARGUMENTS = (
    "-p",
    "grader.judge.plugin",
    "-p",
    "pytest_timeout",
    *(
        word
        for name in (
            "cacheprovider",  # writes into the assignment's folder
            "faulthandler",  # the kernel has its own
            "logging",
            "threadexception",
            "unraisableexception",
        )
        for word in ("-p", f"no:{name}")
    ),
    "--assert=plain",  # checks are read as they are, nothing is written beside them
    "--capture=no",  # what code prints goes nowhere, see below
)


class NotGradedError(Exception):
    """pytest could not grade; the message is what it said."""


@dataclass(frozen=True)
class Graded:
    """What a grading found."""

    score: Score
    pictures: dict[str, bytes]
    """Contents of the pictures that checks kept, by the names that the score's tasks have."""
    session: Session

    @property
    def text(self) -> str:
        """Table and explanations as a terminal shows them, without the file of the score."""
        with plain_builtins():
            head, _, seed = render(self.score, self.session).rpartition("Seed: ")
        text = f"{head.rpartition('Score: ')[0]}Seed: {seed}".strip("\n")
        return "\n".join(line.rstrip() for line in text.split("\n"))


def grade(root: Path, folder: Path, tasks: Sequence[str], seed: int | None, into: Path) -> Graded:
    """Run the checks of some tasks on the modules of a folder.

    Parameters
    ----------
    root
        The folder of ``assignment.toml`` and the checks.
    folder
        The modules to grade.
    tasks
        Ids of tasks; each is known.
    seed
        Of the run; None for a fresh one.
    into
        An existing folder for the score and pictures.

    Raises
    ------
    KeyboardInterrupt
        Somebody has interrupted it.
    NotGradedError
        Something else kept it from its end.
    """
    scores = into / "scores.json"
    arguments = [str(root), *_ARGUMENTS, f"--submission={folder}", f"--scores={scores}"]
    arguments += [f"--task={task}" for task in tasks]
    arguments += [f"--seed={seed}"] if seed is not None else []
    watch = _Watch()
    plugins = [watch] if has_alarm() else [watch, ThreadTimer()]
    said = _Said()
    with (
        undisturbed(root.parent, own=(root, folder)),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        status = pytest.main(arguments, plugins=plugins)
    if watch.interrupted:
        raise KeyboardInterrupt
    done = status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    if not done or watch.session is None or not scores.is_file():
        raise NotGradedError(said.getvalue().strip() or f"pytest ended with status {int(status)}")
    score = read_score(scores)
    kept = [name for task in score.tasks for name in task.artifacts]
    pictures = {name: (into / name).read_bytes() for name in kept if (into / name).is_file()}
    return Graded(score, pictures, watch.session)


class _Said(io.StringIO):
    """A stream in memory that code cannot close."""

    def close(self) -> None:
        """Stay open: pytest writes here after the student's code has run."""


class _Watch:
    """A pytest plugin that notes what was graded, and an interruption."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.interrupted = False

    def pytest_keyboard_interrupt(self) -> None:
        """Ctrl-C, or the stop button."""
        self.interrupted = True

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep what the table is made from."""
        self.session = session.config.stash[SESSION]
