"""Keeps what a submission does to its surroundings from reaching other checks, and pytest."""

import io
import os
import sys
from collections.abc import Generator
from typing import Any

import pytest


class Surroundings:
    """Student code gets streams of its own to close or replace, and its current folder put back.

    pytest collects what is printed in files that ``sys.stdout`` and ``sys.stderr`` stand for; code
    that closed them would end the run.
    """

    def __init__(self) -> None:
        self._lent: dict[str, Any] = {}

    @pytest.hookimpl(wrapper=True, trylast=True)  # within pytest's own capture
    def pytest_runtest_setup(self) -> Generator[None, None, None]:
        """Fixtures may call student code."""
        yield from self._put_back()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """So does the check itself."""
        yield from self._put_back()

    def _put_back(self) -> Generator[None, None, None]:
        folder, stdout, stderr = os.getcwd(), sys.stdout, sys.stderr  # noqa: PTH109  # for chdir
        lent = self._lend("stdout", stdout), self._lend("stderr", stderr)
        sys.stdout, sys.stderr = lent
        try:
            yield
        finally:
            # A debugger has put back pytest's own already.
            sys.stdout, sys.stderr = stdout, stderr
            os.chdir(folder)

    def _lend(self, name: str, source: Any) -> Any:
        """A stream to the same file, whose end is not the end of the other."""
        lent = self._lent.get(name)
        if lent is not None and _same_file(lent, source):
            return lent
        try:
            raw = io.FileIO(os.dup(source.fileno()), "wb", closefd=False)
        except (AttributeError, OSError, ValueError):
            return source  # in memory, as with --capture=sys
        # The descriptor stays open: student code may have closed it and have a file there by now.
        encoding = getattr(source, "encoding", None)
        self._lent[name] = io.TextIOWrapper(raw, encoding, errors="replace", write_through=True)
        return self._lent[name]


def _same_file(one: Any, other: Any) -> bool:
    try:
        return os.path.sameopenfile(one.fileno(), other.fileno())
    except (AttributeError, OSError, ValueError):
        return False
