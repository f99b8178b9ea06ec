"""A warm judge: pytest, checks and reference loaded once, a fork of it for each submission.

The process that reads a job never runs a check: a fork does, and what it leaves behind goes with
it. :mod:`grader.judge.start` starts one.
"""

import ctypes
import gc
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import pytest

from grader.judge.diagnosis_run import PATIENCE, explain_failures
from grader.judge.environment import environment
from grader.judge.errors import SandboxError
from grader.judge.fixtures import SESSION
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
from grader.judge.workers import Zygote, Zygotes
from grader.scores import Digest, Score, encode_score

_PR_SET_PDEATHSIG: Final = 1
_MARGIN_S: Final = 30.0
"""Seconds a judge may take beyond what its submission may, for its own work."""


class Server:
    """A pytest plugin that grades jobs instead of running the checks once."""

    def __init__(self, options: Options, verdicts: BinaryIO, zygotes: Zygotes) -> None:
        self.options = options
        self.verdicts = verdicts
        self._zygotes = zygotes

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Grade jobs, each in a fork, until the coordinator hangs up."""
        _rehearse(self.options.isolation)  # while the zygote gets ready
        try:
            zygote = self._zygotes.get()
        except SandboxError as error:
            write_message(self.verdicts, Ready(problem=str(error)))
            return True
        gc.collect()
        gc.freeze()  # a collection in a fork must not touch, and so copy, what is loaded here
        write_message(self.verdicts, Ready(checks=len(session.items)))
        while (job := read_message(sys.stdin.buffer, Job)) is not None:
            if not zygote.alive():
                zygote.close()
                zygote = self._zygotes.get()
            write_message(self.verdicts, self._grade(job, session, zygote))
        zygote.close()
        return True

    def _grade(self, job: Job, session: pytest.Session, zygote: Zygote) -> Verdict:
        files = _read(Path(job.folder))
        try:
            worker = zygote.spawn(files, self.options.bounds)
        except SandboxError as error:
            return Verdict(id=job.id, fault=str(error))
        remote = backend(zygote, files, self.options.bounds, first=worker)
        reader, writer = os.pipe()
        server = os.getpid()
        child = os.fork()  # while the worker gets ready
        if child == 0:
            os.close(reader)
            _die_with(server)
            try:
                verdict = self._run(job, session, remote)
                with open(writer, "wb") as stream:  # noqa: PTH123  # a descriptor
                    stream.write(msgspec.msgpack.encode(verdict))
            except BaseException as error:
                print(f"judge of {job.id}: {error!r}", file=sys.stderr)
                os._exit(1)
            os._exit(0)
        os.close(writer)
        worker.let_go()
        patience = PATIENCE * session.config.stash[SESSION].manifest.limits.diagnosis_s
        content, fault = _read_until(
            reader, time.monotonic() + self.options.bounds.wall_s + _MARGIN_S + patience
        )
        if fault:
            os.kill(child, signal.SIGKILL)
            zygote.close()  # if it hangs, the next submission must not wait for it, too
        _, status = os.waitpid(child, 0)
        if status and not fault:
            fault = f"the judge ended with status {os.waitstatus_to_exitcode(status)}"
        if fault:
            return Verdict(id=job.id, fault=fault)
        return msgspec.msgpack.decode(content, type=Verdict)

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


def _read_until(descriptor: int, deadline: float) -> tuple[bytes, str | None]:
    """All that a pipe gives until it closes or time is up."""
    content = b""
    with open(descriptor, "rb", buffering=0) as stream:  # a descriptor
        while True:
            ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return content, "the judge took longer than any submission may"
            part = stream.read(2**20)
            if not part:
                return content, None
            content += part


def _rehearse(isolation: Sequence[str]) -> None:
    """Use once what loads or builds more at its first use, so that no fork has to."""
    import torch

    parameter = torch.nn.Parameter(torch.ones(2))
    for kind in (torch.optim.SGD, torch.optim.Adam):
        kind([parameter], lr=0.1).step()
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(torch.sin, x, fast_mode=True)
    nothing = Score(
        assignment="rehearsal",
        submission="rehearsal",
        status="graded",
        score=0,
        max_score=0,
        tasks=[],
        environment=environment(0, isolation),
        started_at="",
        duration_s=0,
        digest=Digest(submission="", solution=""),
    )
    encode_score(nothing)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before this was arranged
        os._exit(1)
