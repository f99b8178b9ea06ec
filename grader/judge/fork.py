"""A fork of a warm judge, with a worker of its own: made before its one submission is there.

What making both costs is then spent while another submission is graded.
"""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import msgspec

from grader.judge.messages import Job, Verdict, read_message, write_message
from grader.judge.workers import Worker
from grader.machine import die_with


class Fork:
    """A process that waits for one job."""

    def __init__(self, grade: Callable[[Job], Verdict], worker: Worker) -> None:
        """Fork; `worker` is the fork's from now on.

        Parameters
        ----------
        grade
            What it does with its job.
        worker
            Ends when nobody holds it any more.
        """
        jobs, self._jobs = os.pipe()
        self._verdict, verdict = os.pipe()
        self._status: int | None = None
        server = os.getpid()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._jobs)
            os.close(self._verdict)
            die_with(server)
            _grade_one(grade, jobs, verdict)
        os.close(jobs)
        os.close(verdict)
        worker.let_go()

    def alive(self) -> bool:
        """Whether it has not ended."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT  # its number stays its own until discarded
        return os.waitid(os.P_PID, self._process, options) is None

    def begin(self, job: Job) -> None:
        """Hand it the job."""
        with (
            contextlib.suppress(BrokenPipeError),  # it has ended: its verdict will say so
            open(self._jobs, "wb") as stream,  # noqa: PTH123  # a descriptor
        ):
            write_message(stream, job)

    def verdict(self, job: Job, patience_s: float) -> Verdict:
        """What became of the job, at most so many seconds from now; :meth:`end` comes next."""
        content, fault = _read_until(self._verdict, time.monotonic() + patience_s)
        if fault:
            os.kill(self._process, signal.SIGKILL)
        else:
            with contextlib.suppress(msgspec.DecodeError):  # it was killed before it had said all
                return msgspec.msgpack.decode(content, type=Verdict)
        return Verdict(id=job.id, fault=fault or f"the judge ended with status {self.end()}")

    def end(self) -> int:
        """Wait for its end, which takes it a moment after its verdict; its exit status."""
        if self._status is None:
            _, status = os.waitpid(self._process, 0)
            self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def discard(self) -> None:
        """End it without a job."""
        os.close(self._jobs)
        os.close(self._verdict)
        os.kill(self._process, signal.SIGKILL)
        self.end()


def _grade_one(grade: Callable[[Job], Verdict], jobs: int, verdict: int) -> NoReturn:
    """Wait for a job, grade, answer, and end without unwinding into the server."""
    try:
        with open(jobs, "rb") as stream:  # a descriptor
            job = read_message(stream, Job)
        if job is None:
            os._exit(0)
        try:
            answer = grade(job)
        except BaseException as error:
            print(f"judge of {job.id}: {error!r}", file=sys.stderr)
            raise
        with open(verdict, "wb") as stream:  # a descriptor
            stream.write(msgspec.msgpack.encode(answer))
    except BaseException:
        os._exit(1)
    os._exit(0)


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
