"""A warm judge: pytest, checks and reference loaded once, a fork of it for each submission.

    python -m grader.judge.server OPTIONS

OPTIONS is a JSON object (:class:`grader.judge.messages.Options`). Jobs arrive on standard input and
verdicts leave on descriptor 3 (:mod:`grader.judge.messages`). The process that reads a job never
runs a check: a fork does, and what it leaves behind goes with it.
"""

import contextlib
import ctypes
import gc
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import pytest

from grader.judge.fixtures import SESSION
from grader.judge.messages import (
    VERDICTS,
    Job,
    Options,
    Ready,
    Verdict,
    read_message,
    write_message,
)
from grader.judge.workers import Zygote, backend
from grader.scores import encode_score

_PR_SET_PDEATHSIG: Final = 1
_MARGIN_S: Final = 30.0
"""Seconds a judge may take beyond what its submission may, for its own work."""


class Server:
    """A pytest plugin that grades jobs instead of running the checks once."""

    def __init__(self, options: Options, verdicts: BinaryIO) -> None:
        self.options = options
        self.verdicts = verdicts

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Grade jobs, each in a fork, until the coordinator hangs up."""
        zygote = Zygote(
            isolate=self.options.isolate,
            data=Path(self.options.data) if self.options.data else None,
            preload=session.config.stash[SESSION].manifest.worker.preload,
        )
        _rehearse()
        gc.collect()
        gc.freeze()  # a collection in a fork must not touch, and so copy, what is loaded here
        write_message(self.verdicts, Ready(checks=len(session.items)))
        while (job := read_message(sys.stdin.buffer, Job)) is not None:
            write_message(self.verdicts, self._grade(job, session, zygote))
        zygote.close()
        return True

    def _grade(self, job: Job, session: pytest.Session, zygote: Zygote) -> Verdict:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _die_with_parent()
            try:
                content = self._run(job, session, zygote)
                with open(writer, "wb") as stream:  # noqa: PTH123  # a descriptor
                    stream.write(content)
            except BaseException as error:
                print(f"judge of {job.id}: {error!r}", file=sys.stderr)
                os._exit(1)
            os._exit(0)
        os.close(writer)
        content, fault = _read_until(
            reader, time.monotonic() + self.options.bounds.wall_s + _MARGIN_S
        )
        if fault:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if status and not fault:
            fault = f"the judge ended with status {os.waitstatus_to_exitcode(status)}"
        if fault:
            return Verdict(id=job.id, fault=fault)
        return Verdict(id=job.id, score=content)

    def _run(self, job: Job, session: pytest.Session, zygote: Zygote) -> bytes:
        """Run every check on a submission, in a fork; its score as JSON."""
        grading = session.config.stash[SESSION]
        grading.isolation = self.options.isolation
        grading.begin(Path(job.folder), seed=job.seed, artifacts=Path(job.artifacts))
        files = {
            path.relative_to(job.folder).as_posix(): path.read_bytes()
            for path in sorted(Path(job.folder).rglob("*"))
            if path.is_file()
        }
        grading.open_backend = lambda: backend(zygote, files, self.options.bounds)
        for number, item in enumerate(session.items):
            following = session.items[number + 1] if number + 1 < len(session.items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        score = grading.score()
        score.submission = job.id
        return encode_score(score)


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


def _rehearse() -> None:
    """Use once what loads more code at its first use, so that no fork has to."""
    import torch

    parameter = torch.nn.Parameter(torch.ones(2))
    for kind in (torch.optim.SGD, torch.optim.Adam):
        kind([parameter], lr=0.1).step()
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(torch.sin, x, fast_mode=True)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def main() -> int:
    """Start a judge as the command line says; pytest's exit status."""
    options = msgspec.json.decode(sys.argv[1], type=Options)
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides when to stop
    arguments = [options.solution, "-p", "no:cacheprovider", "-p", "no:randomly", "--capture=no"]
    arguments += ["--assert=plain"]  # the package is loaded already, and cannot be rewritten
    arguments += [f"--task={task}" for task in options.tasks]
    if options.data:
        arguments.append(f"--data={options.data}")  # one word: pytest takes any other for a root
    with (
        open(VERDICTS, "wb") as verdicts,  # noqa: PTH123  # a descriptor
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        return int(pytest.main(arguments, plugins=[Server(options, verdicts)]))


if __name__ == "__main__":
    sys.exit(main())
