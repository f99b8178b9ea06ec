"""Judges for tests of what surrounds them: real checks on real submissions, without a sandbox.

A judge of the product loads torch anew for every run and again in its sandbox. This one is a fork
of the test process, which has loaded it, and so a run takes a quarter of a second.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import preloaded  # noqa: F401  # what a grading loads
import pytest

from grader.batch.run import Outcome, Request, Run
from grader.judge.fixtures import SESSION
from grader.judge.messages import Job, Options, Verdict
from grader.scores import Score, encode_score


class Progress:
    """Remembers what a run said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.graded_ones: list[str] = []
        self.reused = 0

    def begin(self, total: int, reused: int) -> None:
        self.reused = reused

    def graded(self, submission: str, score: Score) -> None:
        self.graded_ones.append(submission)

    def say(self, line: str) -> None:
        self.said.append(line)


def in_a_fork(action: Callable[[], bytes]) -> bytes:
    """What an action gives in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            content = action()
            with open(writer, "wb") as stream:  # noqa: PTH123  # a descriptor
                stream.write(content)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:  # noqa: PTH123  # a descriptor
        content = stream.read()
    assert os.waitpid(child, 0)[1] == 0, "the judge failed"
    return content


class Graders:
    """Grades like :class:`grader.batch.pool.Pool`, but in forks of this process."""

    def __init__(self, options: Options, jobs: int) -> None:
        self.options = options
        self.checks: list[str] = []
        """Of each job, how many checks were run."""

    def grade(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        content = in_a_fork(lambda: self._all(jobs))
        verdicts = msgspec.msgpack.decode(content, type=list[Verdict])
        yield from zip(jobs, verdicts, strict=True)

    def close(self) -> None:
        pass

    def _all(self, jobs: Sequence[Job]) -> bytes:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # to its end
        loop = _Loop(jobs, self.options.isolation)
        arguments = [self.options.solution, "-p", "no:cacheprovider", "-p", "no:randomly"]
        arguments += ["--capture=no", "--assert=plain"]
        arguments += [f"--task={task}" for task in self.options.tasks]
        if self.options.data:
            arguments.append(f"--data={self.options.data}")
        pytest.main(arguments, plugins=[loop])
        return msgspec.msgpack.encode(loop.verdicts)


class _Loop:
    def __init__(self, jobs: Sequence[Job], isolation: list[str]) -> None:
        self.jobs, self.isolation = jobs, isolation
        self.verdicts: list[Verdict] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for job in self.jobs:
            content = in_a_fork(lambda job=job: self._one(job, session))
            self.verdicts.append(Verdict(id=job.id, score=content))
        session.config.stash[SESSION].specs = []  # nothing to print at the end
        return True

    def _one(self, job: Job, session: pytest.Session) -> bytes:
        grading = session.config.stash[SESSION]
        grading.isolation = self.isolation
        grading.begin(
            Path(job.folder), seed=job.seed, artifacts=Path(job.artifacts), tasks=job.tasks
        )
        chosen = {spec.nodeid for spec in grading.specs}
        items = [item for item in session.items if item.nodeid in chosen]
        for item in items:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        score = grading.score()
        score.submission = job.id
        return encode_score(score)


def run(folder: Path, out: str = "results", **more: object) -> tuple[Outcome, Progress]:
    """Grade FOLDER/class with FOLDER/solution."""
    progress = Progress()
    version = more.pop("version", None)
    options = {"tasks": (), "sandbox": "none", "jobs": 1, "seed": None} | more
    request = Request(
        paths=(folder / "class",), solution=folder / "solution", out=folder / out, **options
    )
    versions = {"version": version} if version else {}
    outcome = Run(request, progress, graders=Graders, **versions).execute()
    return outcome, progress
