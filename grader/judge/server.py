"""A warm judge: a fork of it, with a worker of its own, for each submission.

The process that reads a job never runs a check: a fork does, and what it leaves behind goes with
it. :mod:`grader.judge.template` makes judges.
"""

import contextlib
import os
from pathlib import Path
from typing import BinaryIO, Final

import pytest

from grader.judge.diagnosis_run import PATIENCE, explain_failures
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
from grader.scores import encode_score

_MARGIN_S: Final = 30.0
"""Seconds a judge may take beyond what its submission may, for its own work."""


class Server:
    """Grades jobs, one at a time, with the checks that a session has collected."""

    def __init__(
        self, options: Options, session: pytest.Session, zygote: Zygote, zygotes: Zygotes
    ) -> None:
        """Prepare for grading.

        Parameters
        ----------
        zygote
            Where workers come from, as long as it lives.
        zygotes
            Starts others after it.
        """
        self.options = options
        self._session = session
        self._zygote = zygote
        self._zygotes = zygotes
        self._spare: Fork | None = None
        """Ready for the next job."""

    def serve(self, jobs: BinaryIO, verdicts: BinaryIO) -> None:
        """Say that it is ready, and grade jobs, each in a fork, until there are no more."""
        write_message(verdicts, Ready(checks=len(self._session.items), process=os.getpid()))
        self._prepare()
        while (job := read_message(jobs, Job)) is not None:
            if not self._zygote.alive():
                self._end()
                self._zygote = self._zygotes.get()
            if self._spare is not None and not self._spare.alive():
                self._discard()
            self._grade(job, verdicts)
        self._end()

    def _grade(self, job: Job, verdicts: BinaryIO) -> None:
        try:
            fork = self._spare or self._fork()
        except SandboxError as error:
            write_message(verdicts, Verdict(id=job.id, fault=str(error)))
            return
        fork.begin(job)
        self._prepare()
        diagnosis_s = self._session.config.stash[SESSION].manifest.limits.diagnosis_s
        patience = self.options.bounds.wall_s + _MARGIN_S + PATIENCE * diagnosis_s
        verdict = fork.verdict(job, patience)
        write_message(verdicts, verdict)
        killed = fork.end() < 0
        if killed or verdict.fault:  # the next one must not meet a zygote that hangs or is dying
            self._zygote.close()

    def _prepare(self) -> None:
        """Have a fork ready for the next job; without one it is made when the job is there."""
        self._spare = None
        with contextlib.suppress(SandboxError, OSError):
            self._spare = self._fork()

    def _fork(self) -> Fork:
        zygote, bounds = self._zygote, self.options.bounds
        worker = zygote.prepare(bounds)

        def grade(job: Job) -> Verdict:
            files = _read(Path(job.folder))
            return self._run(job, backend(zygote, files, bounds, first=worker))

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

    def _run(self, job: Job, remote: RemoteBackend) -> Verdict:
        """Run every check on a submission, in a fork."""
        session = self._session
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
