"""Student code that runs in workers: the backend of a grading for marks."""

import time
from collections.abc import Mapping

import msgspec

from grader.judge.errors import TIMED_OUT, StudentError
from grader.judge.points import WALL
from grader.judge.remote import RemoteBackend
from grader.judge.workers import Worker, Zygote
from grader.worker.bounds import Bounds


def backend(
    zygote: Zygote, files: Mapping[str, bytes], bounds: Bounds, *, first: Worker | None = None
) -> RemoteBackend:
    """A backend for :class:`grader.judge.student.Student` whose code runs in a worker.

    ``bounds.wall_s`` is the submission's from now on, however many workers it uses up. `first` is a
    worker with these files and bounds that has been spawned already.
    """
    end = time.monotonic() + bounds.wall_s
    spare = [first] if first is not None else []

    def spawn() -> Worker:
        if spare:
            return spare.pop()
        left = end - time.monotonic()
        if left <= 0:
            raise StudentError(TIMED_OUT, WALL)
        return zygote.spawn(files, msgspec.structs.replace(bounds, wall_s=left))

    return RemoteBackend(spawn)
