"""Sends submissions to the workers of a cluster, and takes in what they say.

Queueing, transport, and what to do about a worker that dies are Dask's. Left to this module are
how many submissions are on their way at a time, so that memory stays flat; how often one is begun
before a person must look; and which workers are asked.
"""

import contextlib
import hashlib
import queue
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.batch.cluster.course import Course, close_run
from grader.batch.cluster.errors import ClusterError
from grader.batch.cluster.files import read_folder
from grader.batch.cluster.messages import Assignment, Parcel, Reply
from grader.batch.judge_process import JudgeError
from grader.batch.pool import TRIES
from grader.judge.messages import Job, Options, Verdict

if TYPE_CHECKING:
    from grader.batch.cluster.connection import Cluster

AHEAD: Final = 3
"""Submissions on their way for each thread of a worker: one is graded, the others wait there."""
_WATCH_S: Final = 2.0
"""Seconds between looks at who is there."""
_PATIENCE_S: Final = 60.0
"""Seconds without any worker before a run gives up."""


@dataclass
class _Sent:
    """A submission on its way."""

    job: Job
    future: Any
    only: frozenset[str] | None
    """The workers that may take it; None for any."""
    begun: int = 0
    """How often its grading began."""
    failures: int = 0
    """How often its task failed, though it was not killed."""


class Dispatch:
    """Grades jobs on a cluster; it has the interface of :class:`grader.batch.pool.Pool`."""

    def __init__(self, cluster: "Cluster", options: Options) -> None:
        """Send the assignment on its way.

        Raises
        ------
        ClusterError
            It is too large, cannot be read, or the scheduler is gone.
        """
        self._cluster = cluster
        self._run = f"grader-{secrets.token_hex(8)}"
        self._sent: dict[str, _Sent] = {}
        self._news: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._workers = cluster.workers()
        self._lonely_since: float | None = None
        self._number = 0
        self._content = msgspec.msgpack.encode(_assignment(options, cluster.versions))
        cluster.client.subscribe_topic(self._run, self._hear)
        self._send_course()

    def grade(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        """Grade jobs and give verdicts as they come, their pictures in the folders of the jobs.

        Raises
        ------
        ClusterError
            The scheduler is gone, or there has been no worker for a while.
        JudgeError
            No worker can start a judge.
        """
        waiting = iter(jobs)
        watched = time.monotonic()
        while True:
            most = max(1, AHEAD * sum(self._workers.values()))
            while len(self._sent) < most and (job := next(waiting, None)) is not None:
                self._send(job)
            if not self._sent:
                return
            if time.monotonic() - watched > _WATCH_S:
                self._watch()
                watched = time.monotonic()
            try:
                kind, name = self._news.get(timeout=_WATCH_S)
            except queue.Empty:
                continue
            sent = self._sent.get(name)
            if sent is None:  # of an earlier try
                continue
            verdict = self._lost(sent) if kind == "begun" else self._received(name, sent)
            if verdict is not None:
                del self._sent[name]
                yield sent.job, verdict

    def close(self) -> None:
        """Give up what is on its way, and end the judges of this run everywhere."""
        client = self._cluster.client
        if client.status != "running":
            return
        with contextlib.suppress(Exception):  # the cluster may go meanwhile, and all this with it
            client.cancel([self._course, *(sent.future for sent in self._sent.values())])
            client.run(close_run, self._run, on_error="ignore")
            client.unsubscribe_topic(self._run)

    def _hear(self, event: tuple[float, str]) -> None:
        self._news.put(("begun", event[1]))

    def _only(self) -> list[str] | None:
        """The workers to name to Dask; None lets it choose, as long as all that came may grade."""
        return sorted(self._workers) if self._cluster.refused else None

    def _send_course(self) -> None:
        self._number += 1
        self._course_only = self._only()
        self._course = self._cluster.client.submit(
            Course,
            self._run,
            self._content,
            hashlib.sha256(self._content).hexdigest(),
            key=f"{self._run}-course-{self._number}",
            pure=False,
            workers=self._course_only,
        )

    def _send(self, job: Job, *, begun: int = 0, failures: int = 0) -> None:
        from grader.batch.cluster.station import grade  # loads Dask

        self._number += 1
        name = f"{self._run}-{self._number}"
        parcel = Parcel(job=job, files=read_folder(Path(job.folder)))
        only = self._only()
        future = self._cluster.client.submit(
            grade,
            self._course,
            name,
            msgspec.msgpack.encode(parcel),
            key=name,
            pure=False,
            workers=only,
            resources=self._cluster.resources,
        )
        taken = frozenset(only) if only is not None else None
        self._sent[name] = _Sent(job, future, taken, begun, failures)
        self._tell_when_done(name, future)

    def _send_again(self, name: str, *, begun: int, failures: int) -> None:
        sent = self._sent.pop(name)
        sent.future.cancel()
        self._send(sent.job, begun=begun, failures=failures)

    def _tell_when_done(self, name: str, future: Any) -> None:
        future.add_done_callback(lambda _: self._news.put(("done", name)))

    def _received(self, name: str, sent: _Sent) -> Verdict | None:
        """The verdict of a task that has ended; None where the submission is on its way again."""
        if sent.future.cancelled():
            raise self._cluster.gone()
        try:
            content = sent.future.result(timeout=_WATCH_S)
        except TimeoutError:  # the worker went before it could hand over: Dask grades again
            self._tell_when_done(name, sent.future)
            return None
        except Exception as error:
            return self._failed(name, sent, error)
        reply = msgspec.msgpack.decode(content, type=Reply)
        if reply.refused is not None or reply.verdict is None:
            reason = reply.refused or "it gave no verdict"
            self._cluster.refuse(reply.worker, reason)
            self._workers = self._cluster.workers()
            if not self._workers:
                raise JudgeError(f"no worker is left that can grade; {reply.worker}: {reason}")
            self._send_again(name, begun=sent.begun - 1, failures=sent.failures)
            return None
        for picture, data in reply.artifacts.items():
            if PurePosixPath(picture).name != picture or picture in ("", ".."):
                return Verdict(id=sent.job.id, fault=f"{picture!r}: no name for a picture")
            Path(sent.job.artifacts, picture).write_bytes(data)
        return reply.verdict

    def _failed(self, name: str, sent: _Sent, error: Exception) -> Verdict | None:
        """A task that failed, though it raises nothing by itself: the worker is at fault."""
        if self._cluster.client.status != "running" or sent.future.cancelled():
            raise self._cluster.gone() from error
        if type(error).__name__ == "KilledWorker" or sent.failures + 1 >= TRIES:
            return Verdict(id=sent.job.id, fault=f"a worker of the cluster failed: {error!r}")
        self._watch()  # it may be one that has just come and must not grade
        if self._course.status == "error":
            self._send_course()
        self._send_again(name, begun=sent.begun, failures=sent.failures + 1)
        return None

    def _lost(self, sent: _Sent) -> Verdict | None:
        """A verdict where a grading begins once more than it may, since its workers died."""
        sent.begun += 1
        if sent.begun <= TRIES:
            return None
        sent.future.cancel()
        fault = f"the worker that graded it was lost {TRIES} times; see that it has memory enough"
        return Verdict(id=sent.job.id, fault=fault)

    def _watch(self) -> None:
        """See who is there, and send again what only workers could take that have gone."""
        self._workers = self._cluster.workers()
        if not self._workers:
            self._lonely_since = self._lonely_since or time.monotonic()
            if time.monotonic() - self._lonely_since > _PATIENCE_S:
                raise ClusterError(
                    f"--cluster {self._cluster.address}: no worker for {_PATIENCE_S:g} s; start "
                    f"some with 'dask worker {self._cluster.address}', and run the same command "
                    "again: what is graded is kept"
                )
            return
        self._lonely_since = None
        if self._course_only is not None and not self._workers.keys() & set(self._course_only):
            self._send_course()
        for name, sent in list(self._sent.items()):
            if sent.only is not None and not sent.only & self._workers.keys():
                self._send_again(name, begun=sent.begun, failures=sent.failures)


def _assignment(options: Options, versions: dict[str, str]) -> Assignment:
    return Assignment(
        options=options,
        versions=versions,
        solution=read_folder(Path(options.solution)),
        data=read_folder(Path(options.data)) if options.data else None,
    )
