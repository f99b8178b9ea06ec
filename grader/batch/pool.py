"""Judges as processes: each grades one submission at a time; one that dies is replaced."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import IO, Final, cast

import msgspec

from grader.judge.messages import (
    Job,
    Options,
    Ready,
    Verdict,
    read_message,
    write_message,
)
from grader.machine import cores

TRIES: Final = 2
"""How often a submission is graded whose judge or zygote dies, before a person must look."""
_CORES_TO_START: Final = 2
"""Judge and zygote each keep a core busy while they load torch."""


class JudgeError(Exception):
    """A judge could not be started; the message says why."""


class JudgeDiedError(Exception):
    """A judge was killed, while it started or in the middle of a submission."""


class Judge:
    """A judge process; it grades once :meth:`wait` has returned.

    It ends with the thread that started it, however that ends.
    """

    def __init__(self, options: Options) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        arguments = [str(os.getpid()), msgspec.json.encode(options).decode()]
        try:
            self._process = subprocess.Popen(
                [sys.executable, *_START, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,
                env={**_NO_FOLDER_OF_TORCH, **os.environ, "OMP_NUM_THREADS": "1"},
            )
        except BaseException:
            self._log.close()
            raise
        self._jobs = cast("IO[bytes]", self._process.stdin)
        self._verdicts = cast("IO[bytes]", self._process.stdout)

    def wait(self) -> None:
        """Wait until it is warm.

        Raises
        ------
        JudgeError
            It found something that keeps it from grading.
        JudgeDiedError
            It was killed.
        """
        ready = read_message(self._verdicts, Ready)
        if ready is None:
            end = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            if end is not None and end.si_code != os.CLD_EXITED:
                raise JudgeDiedError(f"the judge was killed by signal {end.si_status}")
            raise JudgeError(self._said() or "the judge ended without a word")
        if ready.problem is not None:
            raise JudgeError(ready.problem)

    def alive(self) -> bool:
        """Whether it has not ended, as far as can be told now."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT  # its number stays its own until close()
        return os.waitid(os.P_PID, self._process.pid, options) is None

    def grade(self, job: Job) -> Verdict:
        """Grade one submission; JudgeDiedError if the judge dies over it."""
        try:
            write_message(self._jobs, job)
            verdict = read_message(self._verdicts, Verdict)
        except OSError as error:
            raise JudgeDiedError(f"the judge is gone: {error.strerror}") from error
        if verdict is None or verdict.id != job.id:
            raise JudgeDiedError(f"the judge died: {self._said()[-300:] or 'it said nothing'}")
        return verdict

    def kill(self) -> None:
        """Kill the judge, and with it its zygote and every worker."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the judge and wait for its end."""
        self.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._jobs.close()
        self._verdicts.close()
        self._log.close()

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace").strip()[-2000:]


_START: Final = ("-P", "-m", "grader.judge.start")
"""The current folder is no place to import from: it may hold what students handed in."""
_NO_FOLDER_OF_TORCH: Final = {"TORCHINDUCTOR_CACHE_DIR": tempfile.gettempdir()}
"""torch makes the folder of its compiler when an optimizer is used first; this one is there."""


class Pool:
    """Some judges side by side, fed by threads that wait for them.

    As many start together as there are cores for, and the first that is warm takes the first job:
    a small class is graded before the last judge would have loaded torch.
    """

    def __init__(self, options: Options, jobs: int) -> None:
        self._options = options
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="judge")
        self._waiting: queue.SimpleQueue[tuple[Job, Future[Verdict]]] = queue.SimpleQueue()
        self._starting = threading.BoundedSemaphore(max(1, cores() // _CORES_TO_START))
        self._local = threading.local()
        self._lock = threading.Lock()
        self._judges: set[Judge] = set()
        self._early: Judge | None = None
        self._closed = False

    def start(self) -> None:
        """Start a judge before there is a job, from a thread that outlives the pool.

        What is wrong with it is said of the first job.
        """
        with contextlib.suppress(JudgeError):
            self._early = self._start()

    def grade(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        """Grade jobs and give verdicts as they come.

        Raises
        ------
        JudgeError
            No judge can be started: the assignment or this machine is at fault.
        """
        waiting = {self.submit(job): job for job in jobs}
        for future in as_completed(waiting):
            yield waiting.pop(future), future.result()  # held no longer, with its score

    def submit(self, job: Job) -> Future[Verdict]:
        """Grade one job as soon as a judge is free; the verdict, or what :meth:`grade` raises."""
        future: Future[Verdict] = Future()
        self._waiting.put((job, future))
        self._threads.submit(self._take)
        return future

    def close(self) -> None:
        """Kill every judge; what is being graded is given up."""
        with self._lock:
            self._closed = True
            for judge in self._judges:
                judge.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for judge in self._judges:
            judge.close()
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()[1].cancel()

    def _take(self) -> None:
        """Grade what waits longest, once this thread's judge is warm, for as long as any waits."""
        while not self._waiting.empty():
            failed: BaseException | None = None
            try:
                self._judge()
            except BaseException as error:  # said of the job that is taken next
                failed = error
            try:
                job, future = self._waiting.get_nowait()
            except queue.Empty:  # others were faster
                return
            try:
                if failed is not None:
                    raise failed
                future.set_result(self._grade(job))
            except BaseException as error:
                future.set_exception(error)

    def _grade(self, job: Job) -> Verdict:
        fault = ""
        killed: list[str] = []
        for _ in range(TRIES):
            judge = self._judge()
            try:
                verdict = judge.grade(job)
            except JudgeDiedError as error:
                fault = str(error)
                self._drop(judge)
                continue
            if verdict.fault is not None:
                fault = verdict.fault
            elif (
                not verdict.killed or verdict.killed == killed
            ):  # twice the same: their code does it
                return verdict
            else:
                killed = verdict.killed
                fault = (
                    f"something outside killed the student's process in {', '.join(killed)}; see "
                    "that the machine has memory enough, and run the same command again"
                )
        return Verdict(id=job.id, fault=fault)

    def _judge(self) -> Judge:
        """A warm judge, of this thread's own."""
        judge: Judge | None = getattr(self._local, "judge", None)
        if judge is not None:
            if judge.alive():
                return judge
            self._drop(judge)  # killed between two submissions, which costs neither a try
        for _ in range(TRIES):
            with self._starting:
                judge = self._start()
                try:
                    judge.wait()
                except JudgeDiedError as error:
                    fault = str(error)
                    self._drop(judge)
                else:
                    self._local.judge = judge
                    return judge
        raise JudgeError(
            f"{fault} while it started, {TRIES} times; look for what kills it, such as a lack of "
            "memory (then use fewer --jobs), and run the same command again: what is graded is kept"
        )

    def _start(self) -> Judge:
        with self._lock:  # so that close() knows each judge, also one that is still starting
            if self._closed:
                raise JudgeError("the run is being stopped")
            early, self._early = self._early, None
            if early is not None:
                return early
            try:
                judge = Judge(self._options)
            except OSError as error:
                raise JudgeError(
                    f"a judge cannot be started: {error}; mend that, or use fewer --jobs, and run "
                    "the same command again: what is graded is kept"
                ) from error
            self._judges.add(judge)
            return judge

    def _drop(self, judge: Judge) -> None:
        self._local.judge = None
        with self._lock:
            self._judges.discard(judge)
        judge.close()
