"""How a verification looks while it goes on: a bar on a terminal, a line a stage elsewhere."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.progress import TimeRemainingColumn as Remaining

from grader.texts import printable


class VerifyProgress:
    """Shows on standard error how many gradings are done. Use it as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, markup=False)
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        """So many gradings come now."""
        if not self._console.is_terminal:
            self.say(f"{what}: {total} gradings")
            return
        if self._bar is None:
            columns = (TextColumn("{task.description}"), BarColumn(bar_width=20))
            self._bar = Progress(
                *columns, MofNCompleteColumn(), Elapsed(), Remaining(), console=self._console
            )
            self._bar.start()
        self._task = self._bar.add_task(what, total=total)

    def advance(self) -> None:
        """One more is done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)

    def say(self, line: str) -> None:
        """A line of its own."""
        self._console.print(printable(line), soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
