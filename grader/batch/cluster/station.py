"""What runs on a Dask worker: a task that has its judges get ready, and those that grade.

Everything that may start a process does so from the threads of :class:`grader.batch.pool.Pool`,
which live as long as its judges: the kernel ends a judge with the thread that started it, and the
threads of Dask's own executor come and go.
"""

import tempfile
from pathlib import Path

import dask
import msgspec
from distributed import get_worker

from grader.batch.cluster.course import Course
from grader.batch.cluster.messages import Parcel


def open_station(course: Course) -> bytes:
    """Have judges get ready; a :class:`grader.batch.cluster.messages.Reply` as msgpack."""
    worker = get_worker()
    reply = course.open(worker=worker.address, jobs=worker.state.nthreads, base=_base())
    return msgspec.msgpack.encode(reply)


def grade(course: Course, name: str, parcels: bytes) -> bytes:
    """Grade some :class:`Parcel`; a :class:`grader.batch.cluster.messages.Reply`, both as msgpack.

    `name` is told to the coordinator as soon as the grading begins, so that it knows of each
    submission how often it was begun: a worker that dies says nothing.
    """
    worker = get_worker()
    worker.log_event(course.run, name)
    reply = course.grade(
        msgspec.msgpack.decode(parcels, type=list[Parcel]),
        worker=worker.address,
        jobs=worker.state.nthreads,
        base=_base(),
    )
    return msgspec.msgpack.encode(reply)


def _base() -> Path:
    """Where a station's folder lies: Dask's ``temporary-directory``, else ``/var/tmp``.

    Not below ``/tmp``, if that can be helped: the sandbox has a ``/tmp`` of its own only where no
    data of the host lies below it.
    """
    configured = dask.config.get("temporary-directory", None)
    if configured:
        return Path(configured).resolve()
    return Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())
