"""How many submissions travel to a worker together.

A task of Dask costs some hundredths of a second of processor time, whatever is in it. Submissions
that take no longer than that themselves share one; those that take seconds go one by one, so that
no worker waits for another at the end, and little is lost with one that dies.
"""

import collections
import math
from pathlib import Path
from typing import Final

from grader.judge.messages import Job

TASK_S: Final = 0.5
"""Seconds that a task should take."""
MOST: Final = 32
"""Submissions in one task."""
MOST_BYTES: Final = 8 * 2**20
"""Of a task's submissions together, unless it has but one."""
_RECENT: Final = 4
"""Tasks, the slowest of which tells how long one submission takes."""


def take(waiting: collections.deque[Job], most: int) -> list[Job]:
    """Take the next submissions for one task: at least one, and as many as are not too large."""
    taken = [waiting.popleft()]
    size = _size(taken[0])
    while waiting and len(taken) < most and (size := size + _size(waiting[0])) <= MOST_BYTES:
        taken.append(waiting.popleft())
    return taken


def _size(job: Job) -> int:
    """Bytes of a submission's files."""
    return sum(path.stat().st_size for path in Path(job.folder).rglob("*") if path.is_file())


class Pace:
    """Tells how many submissions to send together, from what those before them took."""

    def __init__(self) -> None:
        self._recent: collections.deque[float] = collections.deque(maxlen=_RECENT)

    def took(self, seconds: float, submissions: int) -> None:
        """Take note of a task that has ended."""
        self._recent.append(seconds / max(1, submissions))

    def together(self, waiting: int, tasks: int) -> int:
        """How many to send in the next task.

        Parameters
        ----------
        waiting
            Submissions that have not been sent.
        tasks
            How many are on their way at a time; each gets its share of what waits.
        """
        if len(self._recent) < _RECENT:
            return 1
        in_time = int(TASK_S / max(*self._recent, TASK_S / MOST))
        return max(1, min(in_time, math.ceil(waiting / tasks)))
