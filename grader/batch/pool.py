"""Judges as processes: each grades one submission at a time; one that dies is replaced."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Final

import msgspec

from grader.judge.messages import (
    VERDICTS,
    Job,
    Options,
    Ready,
    Verdict,
    read_message,
    write_message,
)

TRIES: Final = 2
"""How often a submission is graded whose judge or zygote dies, before a person must look."""


class JudgeError(Exception):
    """A judge could not be started; the message says why."""


class JudgeDiedError(Exception):
    """A judge ended in the middle of a submission."""


class Judge:
    """A judge process, started and warm."""

    def __init__(self, options: Options) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        reader, writer = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _HAND_OVER, str(writer), msgspec.json.encode(options)],
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                pass_fds=[writer],
                start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        finally:
            os.close(writer)
        self._verdicts = open(reader, "rb")  # noqa: PTH123, SIM115  # a descriptor, closed below
        ready = read_message(self._verdicts, Ready)
        if ready is None or ready.problem:
            said = ready.problem if ready else self._said()
            self.close()
            raise JudgeError(said or "the judge ended without a word")

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def grade(self, job: Job) -> Verdict:
        """Grade one submission; JudgeDiedError if the judge dies over it."""
        stdin = self._process.stdin
        try:
            if stdin is None:
                raise JudgeDiedError("the judge is closed")
            write_message(stdin, job)
            verdict = read_message(self._verdicts, Verdict)
        except OSError as error:
            raise JudgeDiedError(f"the judge is gone: {error.strerror}") from error
        if verdict is None or verdict.id != job.id:
            raise JudgeDiedError(f"the judge died: {self._said()[-300:] or 'it said nothing'}")
        return verdict

    def close(self) -> None:
        """Kill the judge, and with it its zygote and every worker."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._verdicts.close()
        self._log.close()

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace").strip()[-2000:]


_HAND_OVER: Final = f"""\
import os, sys
os.dup2(int(sys.argv[1]), {VERDICTS})
os.execv(sys.executable, [sys.executable, "-m", "grader.judge.server", sys.argv[2]])
"""


class Pool:
    """Some judges side by side, fed by threads that wait for them."""

    def __init__(self, options: Options, jobs: int) -> None:
        self._options = options
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="judge")
        self._local = threading.local()
        self._lock = threading.Lock()
        self._judges: set[Judge] = set()
        self._closed = False

    def grade(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        """Grade jobs and give verdicts as they come.

        Raises
        ------
        JudgeError
            No judge can be started: the assignment or this machine is at fault.
        """
        waiting: dict[Future[Verdict], Job] = {
            self._threads.submit(self._grade, job): job for job in jobs
        }
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    def close(self) -> None:
        """Kill every judge; what is being graded is given up."""
        with self._lock:
            self._closed = True
            judges = list(self._judges)
        for judge in judges:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(judge.pid, signal.SIGKILL)
        self._threads.shutdown(wait=True, cancel_futures=True)
        for judge in judges:
            judge.close()

    def _grade(self, job: Job) -> Verdict:
        fault = ""
        for _ in range(TRIES):
            judge = self._judge()
            try:
                verdict = judge.grade(job)
            except JudgeDiedError as error:
                fault = str(error)
                self._drop(judge)
                continue
            if verdict.fault is None:
                return verdict
            fault = verdict.fault
            self._drop(judge)  # whatever went wrong, the next try begins with nothing of it
        return Verdict(id=job.id, fault=fault)

    def _judge(self) -> Judge:
        judge: Judge | None = getattr(self._local, "judge", None)
        if judge is None:
            if self._closed:
                raise JudgeError("the run is being stopped")
            judge = Judge(self._options)
            self._local.judge = judge
            with self._lock:
                self._judges.add(judge)
        return judge

    def _drop(self, judge: Judge) -> None:
        self._local.judge = None
        with self._lock:
            self._judges.discard(judge)
        judge.close()
