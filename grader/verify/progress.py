"""How a verification looks while it goes on: a bar on a terminal, a line a stage elsewhere."""

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.progress import TimeRemainingColumn as Remaining

from grader.live import Live


class VerifyProgress(Live):
    """Shows how many gradings are done."""

    def begin(self, what: str, total: int) -> None:
        """So many gradings come now."""
        if not self._console.is_terminal:
            self.say(f"{what}: {total} gradings")
            return
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=20))
        bar = self._show(*columns, MofNCompleteColumn(), Elapsed(), Remaining())
        self._task = bar.add_task(what, total=total)

    def advance(self) -> None:
        """One more is done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)
