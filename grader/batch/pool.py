"""Judges as processes: each grades one submission at a time; one that dies is replaced."""

import collections
import contextlib
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Final

from grader.batch.judge_process import Judge, JudgeDiedError, JudgeError
from grader.batch.pace import Pace
from grader.judge.messages import Job, Options, Verdict
from grader.machine import cores

TRIES: Final = 2
"""How often a submission is graded whose judge or zygote dies, before a person must look."""
_LOOK_S: Final = 0.02
"""Seconds between two looks at whether one more judge would be of use."""
_CORES_TO_START: Final = 2
"""Judge and zygote each keep a core busy while they load torch."""


class Pool:
    """Some judges side by side, fed by threads that wait for them.

    As many start together as there are cores for, and the first that is warm takes the first job.
    A further one is started only where that pays: a small class is graded before it would have
    loaded torch, and loading slows down those that grade.
    """

    def __init__(self, options: Options, jobs: int, *, more_to_come: bool = False) -> None:
        """Prepare for grading; no judge is started yet.

        Parameters
        ----------
        options
            What judges are started with.
        jobs
            How many are graded at a time.
        more_to_come
            Whether jobs that are not here yet must be thought of, too: then a judge is started for
            each job that waits while all others grade.
        """
        self._options = options
        self._more_to_come = more_to_come
        self._pace = Pace()
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="judge")
        self._waiting: queue.SimpleQueue[tuple[Job, Future[Verdict]]] = queue.SimpleQueue()
        self._starting = threading.BoundedSemaphore(max(1, cores() // _CORES_TO_START))
        self._lock = threading.Lock()
        self._judges: set[Judge] = set()
        self._free: collections.deque[Judge] = collections.deque()
        self._early: Judge | None = None
        self._closed = threading.Event()

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
            self._closed.set()
            for judge in self._judges:
                judge.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for judge in self._judges:
            judge.close()
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()[1].cancel()

    def _take(self) -> None:
        """Grade what waits longest for as long as any waits, each with a judge that is free."""
        while not self._waiting.empty():
            failed: BaseException | None = None
            judge = None
            try:
                judge = self._free_judge()
                if judge is None:
                    return
            except BaseException as error:  # said of the job that is taken next
                failed = error
            try:
                job, future = self._waiting.get_nowait()
            except queue.Empty:  # others were faster
                if judge is not None:
                    self._free.append(judge)
                return
            try:
                if failed is not None:
                    raise failed
                with self._pace.grading():
                    verdict = self._grade(job, judge)
                future.set_result(verdict)
            except BaseException as error:
                future.set_exception(error)

    def _grade(self, job: Job, judge: Judge | None) -> Verdict:
        """Grade with a judge, which is free afterwards."""
        fault = ""
        killed: list[str] = []
        for _ in range(TRIES):
            if judge is None:
                with self._starting:
                    judge = self._warm()
            try:
                verdict = judge.grade(job)
            except JudgeDiedError as error:
                fault = str(error)
                self._lose(judge)
                judge = None
                continue
            except BaseException:  # nobody knows what it is doing now
                self._lose(judge)
                raise
            if verdict.fault is not None:
                fault = verdict.fault
            elif (
                not verdict.killed or verdict.killed == killed
            ):  # twice the same: their code does it
                break
            else:
                killed = verdict.killed
                fault = (
                    f"something outside killed the student's process in {', '.join(killed)}; see "
                    "that the machine has memory enough, and run the same command again"
                )
        else:
            verdict = Verdict(id=job.id, fault=fault)
        if judge is not None:
            self._free.append(judge)
        return verdict

    def _free_judge(self) -> Judge | None:
        """A warm judge, once one is free or one more pays; None if nothing waits any more."""
        while not self._waiting.empty():
            with contextlib.suppress(IndexError):
                judge = self._free.pop()
                if judge.alive():
                    return judge
                self._lose(judge)  # killed between two submissions, which costs neither a try
            if self._pays():
                with self._starting:
                    if self._pays():  # still: others may have started one meanwhile
                        return self._warm()
            elif self._closed.wait(_LOOK_S):
                break
        return None

    def _pays(self) -> bool:
        return self._more_to_come or self._pace.pays(self._waiting.qsize())

    def _warm(self) -> Judge:
        """Start one more judge."""
        for _ in range(TRIES):
            judge = self._start()
            try:
                judge.wait()
            except JudgeDiedError as error:
                fault = str(error)
                self._drop(judge)
            else:
                self._pace.started(time.monotonic() - judge.began)
                return judge
        raise JudgeError(
            f"{fault} while it started, {TRIES} times; look for what kills it, such as a lack of "
            "memory (then use fewer --jobs), and run the same command again: what is graded is kept"
        )

    def _lose(self, judge: Judge) -> None:
        """One that was warm has died."""
        self._pace.ended()
        self._drop(judge)

    def _start(self) -> Judge:
        with self._lock:  # so that close() knows each judge, also one that is still starting
            if self._closed.is_set():
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
        with self._lock:
            self._judges.discard(judge)
        judge.close()
