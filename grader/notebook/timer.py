"""The time limit of a check where there is no alarm signal: on Windows, and in other threads.

pytest-timeout's own way there is to end the whole process, which in a kernel is the student's work.
"""

import ctypes
import signal
import threading
from typing import Any

import pytest
from pytest_timeout import PYTEST_FAILURE_MESSAGE


def has_alarm() -> bool:
    """Whether this thread can be stopped by a signal."""
    main = threading.current_thread() is threading.main_thread()
    return main and hasattr(signal, "SIGALRM")


class ThreadTimer:
    """A pytest plugin that stops a check by an exception raised in its thread.

    It is raised between two steps of Python: a single call into a library ends first.
    """

    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> bool:
        """Start the clock of a check."""
        text = PYTEST_FAILURE_MESSAGE % settings.timeout

        def fill(error: Any) -> None:
            pytest.fail.Exception.__init__(error, text, pytrace=False)

        kind = type("TimedOut", (pytest.fail.Exception,), {"__init__": fill})
        thread = threading.get_ident()
        timer = threading.Timer(settings.timeout, _raise_in, (thread, kind))
        timer.daemon = True

        def cancel() -> None:
            timer.cancel()
            timer.join()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)  # too late

        item.cancel_timeout = cancel  # type: ignore[attr-defined]  # where pytest-timeout keeps it
        timer.start()
        return True


def _raise_in(thread: int, kind: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
