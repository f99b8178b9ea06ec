"""Long work as people watch it: a live bar on a terminal, plain lines elsewhere."""

import sys

from rich.console import Console
from rich.progress import Progress, ProgressColumn, TaskID

from grader.closing import Closing
from grader.texts import printable


class Live(Closing):
    """Shows on standard error how far work has come. Use it as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, markup=False)
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def say(self, line: str) -> None:
        """A line of its own, above the bar."""
        self._console.print(printable(line), soft_wrap=True)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.stop()

    def _show(self, *columns: ProgressColumn) -> Progress:
        """The bar; it is begun if it is not there yet."""
        if self._bar is None:
            self._bar = Progress(*columns, console=self._console)
            self._bar.start()
        return self._bar
