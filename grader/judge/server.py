"""A warm judge: pytest, checks and reference loaded once, a fork of it for each submission.

The process that reads a job never runs a check: a fork does, and what it leaves behind goes with
it. :mod:`grader.judge.start` starts one.
"""

import contextlib
import sys
from pathlib import Path
from typing import BinaryIO, Final

import pytest

from grader.judge.diagnosis_run import PATIENCE, explain_failures
from grader.judge.environment import environment
from grader.judge.fixtures import SESSION
from grader.judge.fork import Fork
from grader.judge.messages import (
    Job,
    Options,
    Ready,
    Verdict,
    read_message,
    write_message,
)
from grader.judge.remote import RemoteBackend
from grader.judge.sandboxed import backend
from grader.judge.workers import SandboxError, Zygote, Zygotes
from grader.scores import Digest, Score, encode_score
from grader.worker.bounds import DYNAMO
from grader.worker.huge_pages import settle_memory

_MARGIN_S: Final = 30.0
"""Seconds a judge may take beyond what its submission may, for its own work."""


class Server:
    """A pytest plugin that grades jobs instead of running the checks once."""

    def __init__(self, options: Options, verdicts: BinaryIO, zygotes: Zygotes) -> None:
        self.options = options
        self.verdicts = verdicts
        self._zygotes = zygotes
        self._zygote: Zygote
        self._spare: Fork | None = None
        """Ready for the next job."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Grade jobs, each in a fork, until the coordinator hangs up."""
        _rehearse(self.options, session)
        _leave_logs_alone(session)
        session.config.stash[SESSION].solution_digest  # noqa: B018  # read once for all forks
        settle_memory()  # all this while the zygote gets ready
        try:
            self._zygote = self._zygotes.get()
        except SandboxError as error:
            write_message(self.verdicts, Ready(problem=str(error)))
            return True
        write_message(self.verdicts, Ready(checks=len(session.items)))
        self._prepare(session)
        while (job := read_message(sys.stdin.buffer, Job)) is not None:
            if not self._zygote.alive():
                self._end()
                self._zygote = self._zygotes.get()
            if self._spare is not None and not self._spare.alive():
                self._discard()
            self._grade(job, session)
        self._end()
        return True

    def _grade(self, job: Job, session: pytest.Session) -> None:
        try:
            fork = self._spare or self._fork(session)
        except SandboxError as error:
            write_message(self.verdicts, Verdict(id=job.id, fault=str(error)))
            return
        fork.begin(job)
        self._prepare(session)
        diagnosis_s = session.config.stash[SESSION].manifest.limits.diagnosis_s
        patience = self.options.bounds.wall_s + _MARGIN_S + PATIENCE * diagnosis_s
        write_message(self.verdicts, fork.verdict(job, patience))
        if fork.end() < 0:  # killed: if the zygote hangs, the next one must not wait for it, too
            self._zygote.close()

    def _prepare(self, session: pytest.Session) -> None:
        """Have a fork ready for the next job; without one it is made when the job is there."""
        self._spare = None
        with contextlib.suppress(SandboxError, OSError):
            self._spare = self._fork(session)

    def _fork(self, session: pytest.Session) -> Fork:
        zygote, bounds = self._zygote, self.options.bounds
        worker = zygote.prepare(bounds)

        def grade(job: Job) -> Verdict:
            files = _read(Path(job.folder))
            return self._run(job, session, backend(zygote, files, bounds, first=worker))

        try:
            return Fork(grade, worker)
        except OSError:
            worker.let_go()
            raise

    def _end(self) -> None:
        """End what waits for a job, and the sandbox."""
        self._discard()
        self._zygote.close()

    def _discard(self) -> None:
        if self._spare is not None:
            self._spare.discard()
        self._spare = None

    def _run(self, job: Job, session: pytest.Session, remote: RemoteBackend) -> Verdict:
        """Run every check on a submission, in a fork."""
        grading = session.config.stash[SESSION]
        grading.isolation = self.options.isolation
        grading.device = self.options.device
        grading.tolerances = self.options.tolerances
        grading.memory = Path(self.options.memory) if self.options.memory else None
        grading.begin(
            Path(job.folder), seed=job.seed, artifacts=Path(job.artifacts), tasks=job.tasks
        )
        grading.open_backend = lambda: remote
        if not job.diagnosed:
            grading.log = None
        chosen = {spec.nodeid for spec in grading.specs}
        items = [item for item in session.items if item.nodeid in chosen]
        killed = []
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            before = remote.killed
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if remote.lost:
                return Verdict(id=job.id, fault=remote.lost)
            if remote.killed > before:
                killed.append(item.name)
        explain_failures(grading)
        score = grading.score()
        score.submission = job.id
        return Verdict(id=job.id, score=encode_score(score), killed=killed)


def _read(folder: Path) -> dict[str, bytes]:
    """A submission's files by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _leave_logs_alone(session: pytest.Session) -> None:
    """Have pytest put no handlers on each of torch's loggers, three times a check.

    What student code logs is not in this process; a check may still ask for what the judge logs.
    """
    manager = session.config.pluginmanager
    if not any("caplog" in getattr(item, "fixturenames", ()) for item in session.items):
        manager.unregister(name="logging-plugin")


def _rehearse(options: Options, session: pytest.Session) -> None:
    """Use once what loads or builds more at its first use, so that no fork has to."""
    import numpy.random
    import numpy.testing  # noqa: F401  # NumPy loads both when they are first used
    import torch

    if DYNAMO in options.preload:
        parameter = torch.nn.Parameter(torch.ones(2))
        for kind in (torch.optim.SGD, torch.optim.Adam):
            kind([parameter], lr=0.1).step()
    if any(b"gradcheck" in path.read_bytes() for path in {item.path for item in session.items}):
        x = torch.ones(2, dtype=torch.float64, requires_grad=True)
        torch.autograd.gradcheck(torch.sin, x, fast_mode=True)  # loads sympy
    nothing = Score(
        assignment="rehearsal",
        submission="rehearsal",
        status="graded",
        score=0,
        max_score=0,
        tasks=[],
        environment=environment(0, options.isolation),
        started_at="",
        duration_s=0,
        digest=Digest(submission="", solution=""),
    )
    encode_score(nothing)
