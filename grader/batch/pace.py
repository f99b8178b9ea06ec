"""Whether one more judge would be worth its start."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

_STARTS: Final = 2
"""What waits must take this many times as long as a start does: a start also slows down the others,
and submissions side by side take longer than one after the other."""


class Pace:
    """How long judges took to start, and how long each submission takes them; safe in threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._judges = 0
        self._start_s = 0.0
        self._graded = 0
        self._spent_s = 0.0
        self._since: dict[int, float] = {}
        """By thread, when the submission began that it has graded."""

    def started(self, seconds: float) -> None:
        """There is one more judge, which took so long to get warm."""
        with self._lock:
            self._judges += 1
            self._start_s = seconds

    def ended(self) -> None:
        """There is one judge less."""
        with self._lock:
            self._judges -= 1

    @contextlib.contextmanager
    def grading(self) -> Iterator[None]:
        """While this thread has a submission graded."""
        thread = threading.get_ident()
        with self._lock:
            self._since[thread] = self._clock()
        try:
            yield
        finally:
            with self._lock:
                self._spent_s += self._clock() - self._since.pop(thread)
                self._graded += 1

    def pays(self, waiting: int) -> bool:
        """Whether one more judge would be of use while so many submissions wait.

        True until one is warm. A submission is taken to need what those before it did on the
        average, and those that are being graded until now.
        """
        with self._lock:
            if not self._judges:
                return True
            now = self._clock()
            spent = self._spent_s + sum(now - since for since in self._since.values())
            each = spent / max(1, self._graded + len(self._since))
            return waiting * each / self._judges > _STARTS * self._start_s
