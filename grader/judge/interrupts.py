"""Tells an exception of the student's that would end the whole run from one that should."""

import signal
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

from grader.judge.errors import StudentError
from grader.judge.outcome import came_from_student, own_lines
from grader.judge.session import Session
from grader.worker.crash import exception_text


class Interrupts:
    """Student code that raises KeyboardInterrupt or calls pytest.exit crashes; Ctrl-C still stops.

    Both exceptions end a pytest run. Python turns Ctrl-C into the first one through a signal, and
    only a signal that arrived makes it Ctrl-C.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.by_hand = False
        """Whether a person has interrupted the run."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """Watch for Ctrl-C while checks run."""
        watched = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if not watched:
            return (yield)
        signal.signal(signal.SIGINT, self._interrupt)
        try:
            return (yield)
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, None, None]:
        """Fixtures may call student code."""
        yield from self._crash_instead()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """So does the check itself."""
        yield from self._crash_instead()

    def _crash_instead(self) -> Generator[None, None, None]:
        try:
            yield
        except (KeyboardInterrupt, pytest.exit.Exception) as error:
            if self.by_hand or not came_from_student(error):
                raise
            frames = own_lines(error, self.session.folder)
            raise StudentError(type(error).__name__, exception_text(error), frames) from error

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.by_hand = True
        signal.default_int_handler(number, frame)
