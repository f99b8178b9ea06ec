"""Sends submissions to the workers of a cluster, and takes in what they say.

Queueing, transport, and what to do about a worker that dies are Dask's. Left to this module are
that every worker has the assignment, since Dask gives a task first to those that have what it
depends on; how many submissions are on their way at a time, so that memory stays flat, and how many
of them together; how often one is begun before a person must look; and which workers are asked.
"""

import collections
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
from grader.batch.cluster.messages import Assignment, Graded, Parcel, Reply
from grader.batch.cluster.pace import Pace, take
from grader.batch.judge_process import JudgeError
from grader.batch.pool import TRIES
from grader.judge.messages import Job, Options, Verdict

if TYPE_CHECKING:
    from grader.batch.cluster.connection import Cluster

AHEAD: Final = 3
"""Tasks on their way for each thread of a worker: one is at work, the others wait there."""
_WATCH_S: Final = 2.0
"""Seconds between looks at who is there."""
_OPENING_S: Final = 2.0
"""Seconds in which workers get the assignment before submissions go to those that have it."""
_PATIENCE_S: Final = 60.0
"""Seconds without any worker before a run gives up."""


@dataclass
class _Sent:
    """A task on its way, of one submission or some that take little time."""

    jobs: Sequence[Job]
    future: Any
    only: frozenset[str] | None
    """The workers that may take it; None for any."""
    begun: int = 0
    """How often its grading began."""
    failures: int = 0
    """How often its task failed, though it was not killed."""
    forgiven: bool = False
    """Whether its grading once ended and was not counted, since the result went with the worker."""


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
        self._run = secrets.token_hex(8)
        self._sent: dict[str, _Sent] = {}
        self._opening: dict[str, tuple[str, Any]] = {}
        """Tasks that have the judges of a worker get ready, with its address, by name."""
        self._asked: set[str] = set()
        """Workers that got such a task."""
        self._news: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._workers = cluster.workers()
        self._lonely_since: float | None = None
        self._pace = Pace()
        self._number = 0
        self._closed = False
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
        self._open_all()  # anew: what lies unused on a worker for seconds, Dask takes away
        waiting = collections.deque(jobs)
        watched = time.monotonic()
        while waiting or self._sent:
            room = self._room()
            while waiting and len(self._sent) < room:
                self._send(take(waiting, self._pace.together(len(waiting), room)))
            if time.monotonic() - watched > _WATCH_S:
                self._watch()
                watched = time.monotonic()
            try:
                kind, name = self._news.get(timeout=_WATCH_S)
            except queue.Empty:
                continue
            if name in self._opening:
                self._opened(name)
            sent = self._sent.get(name)
            if sent is None:  # of an earlier try, or no submission
                continue
            verdicts = self._lost(name, sent) if kind == "begun" else self._received(name, sent)
            if verdicts:
                del self._sent[name]
                yield from zip(sent.jobs, verdicts, strict=True)

    def close(self) -> None:
        """Give up what is on its way, and end the judges of this run everywhere."""
        client = self._cluster.client
        if self._closed or client.status != "running":
            return
        self._closed = True
        with contextlib.suppress(Exception):  # the cluster may go meanwhile, and all this with it
            opening = (future for _, future in self._opening.values())
            sent = (sent.future for sent in self._sent.values())
            client.cancel([self._course, *opening, *sent])
            client.run(close_run, self._run, on_error="ignore")
            client.unsubscribe_topic(self._run)

    def _hear(self, event: tuple[float, str]) -> None:
        self._news.put(("begun", event[1]))

    def _room(self) -> int:
        """How many tasks may be on their way now."""
        opening = {address for address, _ in self._opening.values()}
        if opening and time.monotonic() < self._opened_by:
            return 0
        ready = (threads for worker, threads in self._workers.items() if worker not in opening)
        return max(1, AHEAD * sum(ready))

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
            key=f"grader-course-{self._run}-{self._number}",
            pure=False,
            workers=self._course_only,
        )
        self._open_all()

    def _open_all(self) -> None:
        self._opened_by = time.monotonic() + _OPENING_S
        self._opening.clear()
        self._asked.clear()
        self._open_newcomers()

    def _open_newcomers(self) -> None:
        """Have the assignment brought to workers that have not got it, and judges started there."""
        from grader.batch.cluster.station import open_station  # loads Dask

        for address in sorted(self._workers.keys() - self._asked):
            self._asked.add(address)
            self._number += 1
            name = f"grader-open-{self._run}-{self._number}"
            future = self._cluster.client.submit(
                open_station, self._course, key=name, pure=False, workers=[address], priority=1
            )
            self._opening[name] = (address, future)
            self._tell_when_done(name, future)

    def _opened(self, name: str) -> None:
        """See what became of a worker's task to get ready; if it failed, those for it will, too."""
        _, future = self._opening.pop(name)
        reply = None
        with contextlib.suppress(Exception):
            reply = msgspec.msgpack.decode(future.result(timeout=_WATCH_S), type=Reply)
        if reply is not None and reply.refused is not None:
            self._refuse(reply)

    def _send(self, jobs: Sequence[Job], *, begun: int = 0, failures: int = 0) -> None:
        from grader.batch.cluster.station import grade  # loads Dask

        self._number += 1
        name = f"grader-grade-{self._run}-{self._number}"
        parcels = [Parcel(job=job, files=read_folder(Path(job.folder))) for job in jobs]
        only = self._only()
        future = self._cluster.client.submit(
            grade,
            self._course,
            name,
            msgspec.msgpack.encode(parcels),
            key=name,
            pure=False,
            workers=only,
            resources=self._cluster.resources,
        )
        taken = frozenset(only) if only is not None else None
        self._sent[name] = _Sent(jobs, future, taken, begun, failures)
        self._tell_when_done(name, future)

    def _send_again(self, name: str, *, begun: int, failures: int) -> None:
        """Send submissions again, each alone: what happened may be the doing of one of them."""
        sent = self._sent.pop(name)
        sent.future.cancel()
        for job in sent.jobs:
            self._send([job], begun=begun, failures=failures)

    def _tell_when_done(self, name: str, future: Any) -> None:
        future.add_done_callback(lambda _: self._news.put(("done", name)))

    def _received(self, name: str, sent: _Sent) -> list[Verdict]:
        """The verdicts of a task that has ended; none where it is on its way again."""
        if sent.future.cancelled():
            raise self._cluster.gone()
        try:
            content = sent.future.result(timeout=_WATCH_S)
        except TimeoutError:  # the worker went before it could hand over: Dask grades again
            if not sent.forgiven:  # as if it had not begun, but not forever
                sent.begun, sent.forgiven = sent.begun - 1, True
            self._tell_when_done(name, sent.future)
            return []
        except Exception as error:
            return self._failed(name, sent, error)
        reply = msgspec.msgpack.decode(content, type=Reply)
        if [graded.verdict.id for graded in reply.graded] != [job.id for job in sent.jobs]:
            self._refuse(reply)
            self._send_again(name, begun=sent.begun - 1, failures=sent.failures)
            return []
        self._pace.took(reply.seconds, len(sent.jobs))
        return [_kept(*pair) for pair in zip(sent.jobs, reply.graded, strict=True)]

    def _refuse(self, reply: Reply) -> None:
        """Send nothing more to a worker that grades nothing; JudgeError if none is left."""
        reason = reply.refused or "it gave no verdict"
        self._cluster.refuse(reply.worker, reason)
        self._workers = self._cluster.workers()
        if not self._workers:
            raise JudgeError(f"no worker is left that can grade; {reply.worker}: {reason}")

    def _failed(self, name: str, sent: _Sent, error: Exception) -> list[Verdict]:
        """A task that failed, though it raises nothing by itself: the worker is at fault."""
        if self._cluster.client.status != "running" or sent.future.cancelled():
            raise self._cluster.gone() from error
        killed = type(error).__name__ == "KilledWorker"
        if len(sent.jobs) == 1 and (killed or sent.failures + 1 >= TRIES):
            return _faults(sent, f"a worker of the cluster failed: {error!r}")
        self._watch()  # it may be one that has just come and must not grade
        if self._course.status == "error":
            self._send_course()
        self._send_again(name, begun=sent.begun, failures=sent.failures + 1)
        return []

    def _lost(self, name: str, sent: _Sent) -> list[Verdict]:
        """A verdict where a grading begins once more than it may, since its workers died.

        Those that travelled together go on alone, though Dask may be grading them together once
        more: so the one that is to blame may cost a worker more than alone.
        """
        sent.begun += 1
        if len(sent.jobs) > 1 and sent.begun > 1:
            self._send_again(name, begun=1, failures=sent.failures)
            return []
        if sent.begun <= TRIES:
            return []
        sent.future.cancel()
        lost = f"the worker that graded it was lost {TRIES} times; see that it has memory enough"
        return _faults(sent, lost)

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
        self._open_newcomers()
        for name, sent in list(self._sent.items()):
            if sent.only is not None and not sent.only & self._workers.keys():
                self._send_again(name, begun=sent.begun, failures=sent.failures)


def _kept(job: Job, graded: Graded) -> Verdict:
    """The verdict, once its pictures are in the job's folder."""
    for picture, data in graded.artifacts.items():
        if PurePosixPath(picture).name != picture or picture in ("", ".."):
            return Verdict(id=job.id, fault=f"{picture!r}: no name for a picture")
        Path(job.artifacts, picture).write_bytes(data)
    return graded.verdict


def _faults(sent: _Sent, fault: str) -> list[Verdict]:
    return [Verdict(id=job.id, fault=fault) for job in sent.jobs]


def _assignment(options: Options, versions: dict[str, str]) -> Assignment:
    return Assignment(
        options=options,
        versions=versions,
        solution=read_folder(Path(options.solution)),
        data=read_folder(Path(options.data)) if options.data else None,
    )
