"""Judges side by side: each grades one submission at a time; one that dies is replaced."""

import collections
import contextlib
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Final

from grader.batch.judge_process import Judge, JudgeDiedError, JudgeError, Template
from grader.judge.messages import Job, Options, Verdict

TRIES: Final = 2
"""How often a submission is graded whose judge or zygote dies, before a person must look."""


class Pool:
    """Some judges side by side, forks of one template, fed by threads that wait for them."""

    def __init__(self, options: Options, jobs: int) -> None:
        """Prepare for grading; no judge is started yet.

        Parameters
        ----------
        options
            What judges are started with.
        jobs
            How many are graded at a time.
        """
        self._options = options
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="judge")
        self._waiting: queue.SimpleQueue[tuple[Job, Future[Verdict]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._judges: set[Judge] = set()
        self._free: collections.deque[Judge] = collections.deque()
        self._templates: list[Template] = []
        """The last may be alive."""
        self._closed = False

    def start(self) -> None:
        """Start the template before there is a job; what is wrong with it is said of the first."""
        self._threads.submit(self._start_template)

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
            for template in self._templates:
                template.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for judge in self._judges:
            judge.close()
        for template in self._templates:
            template.close()
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
                future.set_result(self._grade(job, judge))
            except BaseException as error:
                future.set_exception(error)

    def _grade(self, job: Job, judge: Judge | None) -> Verdict:
        """Grade with a judge, which is free afterwards."""
        fault = ""
        killed: list[str] = []
        for _ in range(TRIES):
            if judge is None:
                judge = self._warm()
            try:
                verdict = judge.grade(job)
            except JudgeDiedError as error:
                fault = str(error)
                self._drop(judge)
                judge = None
                continue
            except BaseException:  # nobody knows what it is doing now
                self._drop(judge)
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

    def _free_judge(self) -> Judge:
        """A warm judge: one that is free, or one more."""
        while True:
            try:
                judge = self._free.pop()
            except IndexError:
                return self._warm()
            if judge.alive():
                return judge
            self._drop(judge)  # killed between two submissions, which costs neither a try

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
                return judge
        raise JudgeError(
            f"{fault} while it started, {TRIES} times; look for what kills it, such as a lack of "
            "memory (then use fewer --jobs), and run the same command again: what is graded is kept"
        )

    def _start(self) -> Judge:
        with self._lock:  # so that close() knows each judge, also one that is still starting
            template = self._living_template()
            try:
                judge = Judge(template)
            except OSError as error:
                raise _refused(error) from error
            self._judges.add(judge)
            return judge

    def _start_template(self) -> None:
        """In a thread of the pool, since the template ends with the thread that starts it."""
        with contextlib.suppress(JudgeError), self._lock:
            self._living_template()

    def _living_template(self) -> Template:
        """What judges are forks of; call it with the lock held."""
        if self._closed:
            raise JudgeError("the run is being stopped")
        if not self._templates or not self._templates[-1].alive():
            try:
                self._templates.append(Template(self._options))
            except OSError as error:
                raise _refused(error) from error
        return self._templates[-1]

    def _drop(self, judge: Judge) -> None:
        with self._lock:
            self._judges.discard(judge)
        judge.close()


def _refused(error: OSError) -> JudgeError:
    return JudgeError(
        f"a judge cannot be started: {error}; mend that, or use fewer --jobs, and run the same "
        "command again: what is graded is kept"
    )
