"""How a run looks while it goes on: a live bar on a terminal, plain lines elsewhere."""

import sys
from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.scores import Score
from grader.texts import number, printable


class RunProgress:
    """Shows on standard error how many submissions are done, by status, and how long it may take.

    Use it as a context manager.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, markup=False)
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._done = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, total: int, reused: int) -> None:
        """`total` submissions were taken in, of which `reused` need no grading."""
        self._total = total - reused
        self.say(f"{total} submissions, {reused} of them graded before")
        if self._console.is_terminal and self._total:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=20),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=self._console,
            )
            self._task = self._bar.add_task("starting judges", total=self._total, rate="")
            self._bar.start()

    def graded(self, submission: str, score: Score) -> None:
        """One more submission has its score, and the score is kept."""
        self._done += 1
        self._counts[score.status.replace("_", " ")] += 1
        counts = ", ".join(f"{count} {word}" for word, count in sorted(self._counts.items()))
        if self._bar is not None and self._task is not None:
            elapsed = self._bar.tasks[0].elapsed or 0
            rate = f"{self._done / elapsed:.1f}/s" if elapsed else ""
            self._bar.update(self._task, advance=1, description=counts, rate=rate)
            return
        points = f"{number(score.score)} / {number(score.max_score)}"
        mark = "needs review" if score.status == "needs_review" else points
        self.say(f"{self._done}/{self._total}  {submission}  {mark}")

    def say(self, line: str) -> None:
        """A line of its own, above the bar."""
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
