"""Student code that runs in workers: the backend of a grading for marks."""

import contextlib
import time
from collections.abc import Mapping

import msgspec

from grader.judge.errors import TIMED_OUT, StudentError
from grader.judge.points import WALL
from grader.judge.remote import RemoteBackend
from grader.judge.workers import Worker, Zygote
from grader.worker.bounds import Bounds
from grader.worker.wire import ClosedError


def backend(
    zygote: Zygote, files: Mapping[str, bytes], bounds: Bounds, *, first: Worker | None = None
) -> RemoteBackend:
    """A backend for :class:`grader.judge.student.Student` whose code runs in a worker.

    ``bounds.wall_s`` is the submission's from now on, however many workers it uses up. `first` is a
    worker with these bounds that has been prepared already, and begins at once.
    """
    end = time.monotonic() + bounds.wall_s
    begun = []
    if first is not None:
        with contextlib.suppress(OSError, ClosedError):  # it died while it waited
            first.begin(files, bounds.wall_s)
            begun.append(first)

    def spawn() -> Worker:
        if begun:
            return begun.pop()
        left = end - time.monotonic()
        if left <= 0:
            raise StudentError(TIMED_OUT, WALL)
        return zygote.spawn(files, msgspec.structs.replace(bounds, wall_s=left))

    return RemoteBackend(spawn)
